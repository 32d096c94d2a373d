"""The numbers that reference_random.h draws, too."""


class ReferenceRandom:
    def __init__(self, seed):
        self.state = seed

    def below(self, count):
        """A whole number from 0 to count - 1."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % count
