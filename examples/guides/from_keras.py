import csv
import math

import keras
import numpy as np
from PIL import Image


class Boxes(keras.utils.PyDataset):  # keras.utils.Sequence, before Keras 3
    def __init__(self, path, folder, batch_size, **options):
        super().__init__(**options)
        with open(path) as file:
            self.rows = list(csv.reader(file))[1:]
        self.folder = folder
        self.batch_size = batch_size
        self.random = np.random.default_rng(7)
        self.on_epoch_end()

    def __len__(self):
        return math.ceil(len(self.rows) / self.batch_size)

    def on_epoch_end(self):
        self.random.shuffle(self.rows)

    def __getitem__(self, index):
        first = index * self.batch_size
        images, targets = [], []
        for name, *box in self.rows[first : first + self.batch_size]:
            x, y, h, w = map(float, box)
            with Image.open(f"{self.folder}/{name}") as image:
                targets.append([x / image.width, y / image.height, h / image.height, w / image.width])
                image = image.convert("RGB").resize((96, 96), Image.Resampling.BILINEAR)
                images.append(np.asarray(image, np.float32) / 255)
        return np.stack(images), np.array(targets, np.float32)


data = Boxes("data/data.csv", "data/images", batch_size=20, workers=2)
images, targets = data[0]
print(len(data), "batches,", images.shape, targets.shape)

model = keras.Sequential([
    keras.layers.Conv2D(16, 3, strides=4, activation="relu"),
    keras.layers.AveragePooling2D(6),
    keras.layers.Flatten(),
    keras.layers.Dense(4, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.Huber())
model.fit(data, epochs=3, verbose=2)
