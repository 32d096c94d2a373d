import csv

import torch
from torchvision import tv_tensors
from torchvision.io import ImageReadMode, read_image
from torchvision.transforms import v2


class Boxes(torch.utils.data.Dataset):
    def __init__(self, path, folder, transform):
        with open(path) as file:
            self.rows = list(csv.reader(file))[1:]
        self.folder = folder
        self.transform = transform

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        name, *box = self.rows[index]
        x, y, h, w = map(float, box)
        image = tv_tensors.Image(read_image(f"{self.folder}/{name}", ImageReadMode.RGB))
        corners = tv_tensors.BoundingBoxes([[x, y, x + w, y + h]], format="XYXY", canvas_size=image.shape[-2:])
        image, corners = self.transform(image, corners)
        return image, corners.as_subclass(torch.Tensor)[0]


transform = v2.Compose([
    v2.RandomHorizontalFlip(),
    v2.Resize((96, 96), antialias=True),
    v2.ColorJitter(0.2, 0.2),
    v2.ToDtype(torch.float32, scale=True),
])
data = Boxes("data/data.csv", "data/images", transform)
loader = torch.utils.data.DataLoader(
    data, batch_size=20, shuffle=True, num_workers=2, generator=torch.Generator().manual_seed(7)
)

model = torch.nn.Sequential(
    torch.nn.Conv2d(3, 16, 3, stride=4), torch.nn.ReLU(), torch.nn.AvgPool2d(6), torch.nn.Flatten(), torch.nn.Linear(256, 4)
)
optimizer = torch.optim.Adam(model.parameters(), 1e-3)
for epoch in range(3):
    total = 0.0
    for images, targets in loader:
        loss = torch.nn.functional.smooth_l1_loss(96 * torch.sigmoid(model(images)), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(f"epoch {epoch}: loss {total / len(loader)}")
