"""ResNeSt and SE-ResNeXt in torch, which torchvision lacks: written from the papers, with the names of the published checkpoints.

ResNeSt: Zhang et al. 2020, https://arxiv.org/abs/2004.08955. SE-ResNeXt: Hu et al. 2017, https://arxiv.org/abs/1709.01507.
"""

import torch
from torch import nn

EXPANSION = 4
RADIX = 2


def conv(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)


class SplitAttention(nn.Module):
    """Equations 2 and 3 of the ResNeSt paper, for one cardinal group."""

    def __init__(self, width):
        super().__init__()
        hidden = max(32, width * RADIX // 4)
        self.conv = conv(width, width * RADIX, 3, groups=RADIX)
        self.bn0 = nn.BatchNorm2d(width * RADIX)
        self.fc1 = nn.Conv2d(width, hidden, 1)
        self.bn1 = nn.BatchNorm2d(hidden)
        self.fc2 = nn.Conv2d(hidden, width * RADIX, 1)

    def forward(self, x):
        maps = torch.relu(self.bn0(self.conv(x))).unflatten(1, (RADIX, -1))
        means = maps.sum(1).mean((2, 3), keepdim=True)
        scores = self.fc2(torch.relu(self.bn1(self.fc1(means)))).unflatten(1, (RADIX, -1))
        return (torch.softmax(scores, 1) * maps).sum(1)


class SplitBottleneck(nn.Module):
    def __init__(self, inputs, width, stride, has_shortcut):
        super().__init__()
        outputs = width * EXPANSION
        self.conv1 = conv(inputs, width, 1)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = SplitAttention(width)
        self.pool = nn.AvgPool2d(3, stride, 1) if stride > 1 else nn.Identity()
        self.conv3 = conv(width, outputs, 1)
        self.bn3 = nn.BatchNorm2d(outputs)
        pool = nn.AvgPool2d(stride, stride, ceil_mode=True, count_include_pad=False)
        down = nn.Sequential(pool, conv(inputs, outputs, 1), nn.BatchNorm2d(outputs))
        self.downsample = down if has_shortcut else nn.Identity()

    def forward(self, x):
        y = self.pool(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(self.bn3(self.conv3(y)) + self.downsample(x))


def stages(block, widths, depths, inputs):
    """Yields layer1 to layer4 of blocks made as block(inputs, width, stride, has_shortcut)."""
    for i, (width, depth) in enumerate(zip(widths, depths)):
        blocks = []
        for j in range(depth):
            blocks.append(block(inputs, width, 2 if i > 0 and j == 0 else 1, j == 0))
            inputs = width * EXPANSION
        yield nn.Sequential(*blocks)


WIDTHS = [64, 128, 256, 512]


class ResNeSt(nn.Module):
    def __init__(self, depths, stem, classes):
        super().__init__()
        self.conv1 = nn.Sequential(
            conv(3, stem, 3, 2), nn.BatchNorm2d(stem), nn.ReLU(),
            conv(stem, stem, 3), nn.BatchNorm2d(stem), nn.ReLU(),
            conv(stem, 2 * stem, 3),
        )
        self.bn1 = nn.BatchNorm2d(2 * stem)
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.layer1, self.layer2, self.layer3, self.layer4 = stages(SplitBottleneck, WIDTHS, depths, 2 * stem)
        self.fc = nn.Linear(WIDTHS[-1] * EXPANSION, classes)

    def forward(self, x):
        x = self.pool(torch.relu(self.bn1(self.conv1(x))))
        return self.fc(self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3)))


class Excitation(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // 16, 1)
        self.fc2 = nn.Conv2d(channels // 16, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(torch.relu(self.fc1(x.mean((2, 3), keepdim=True)))))


class ExcitedBottleneck(nn.Module):
    def __init__(self, inputs, width, stride, has_shortcut):
        super().__init__()
        outputs = width * EXPANSION
        self.conv1 = conv(inputs, 2 * width, 1)
        self.bn1 = nn.BatchNorm2d(2 * width)
        self.conv2 = conv(2 * width, 2 * width, 3, stride, groups=32)
        self.bn2 = nn.BatchNorm2d(2 * width)
        self.conv3 = conv(2 * width, outputs, 1)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.se_module = Excitation(outputs)
        down = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))
        self.downsample = down if has_shortcut else nn.Identity()

    def forward(self, x):
        y = torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))))
        return torch.relu(self.se_module(self.bn3(self.conv3(y))) + self.downsample(x))


class Stem(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = conv(3, 64, 7, 2)
        self.bn1 = nn.BatchNorm2d(64)
        self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)

    def forward(self, x):
        return self.pool(torch.relu(self.bn1(self.conv1(x))))


class SEResNeXt(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.layer0 = Stem()
        self.layer1, self.layer2, self.layer3, self.layer4 = stages(ExcitedBottleneck, WIDTHS, [3, 4, 6, 3], 64)
        self.last_linear = nn.Linear(WIDTHS[-1] * EXPANSION, classes)

    def forward(self, x):
        x = self.layer4(self.layer3(self.layer2(self.layer1(self.layer0(x)))))
        return self.last_linear(x.mean((2, 3)))


def resnest50(classes):
    return ResNeSt([3, 4, 6, 3], 32, classes)


def resnest101(classes):
    return ResNeSt([3, 4, 23, 3], 64, classes)


def seresnext(classes):
    return SEResNeXt(classes)
