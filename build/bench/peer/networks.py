"""The benchmark's networks in torch: torchvision's, those of families.py, and the two of build/bench/networks.ts."""

import re

import torch
import torch.nn.functional as F
import torchvision
from families import resnest50, seresnext
from torch import nn

CLASSES = 10


def conv_bn(inputs, outputs, kernel, activation, stride=1, groups=1):
    conv = nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), activation(inplace=True))


SEPARABLE = [(64, 3, 1), (128, 3, 2), (128, 5, 1), (256, 3, 2), (256, 5, 1), (512, 5, 2), (512, 3, 1), (512, 5, 1)]


class DepthwiseNet(nn.Module):
    def __init__(self):
        super().__init__()
        channels = 32
        layers = [conv_bn(3, channels, 3, nn.SiLU, stride=2)]
        for outputs, kernel, stride in SEPARABLE:
            layers.append(conv_bn(channels, channels, kernel, nn.SiLU, stride, groups=channels))
            layers.append(conv_bn(channels, outputs, 1, nn.SiLU))
            channels = outputs
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(channels, CLASSES)

    def forward(self, x):
        return self.head(self.layers(x).mean((2, 3)))


FPN_WIDTHS = [32, 64, 128, 256]
FPN_CHANNELS = 64


def head():
    return nn.Sequential(
        nn.Conv2d(FPN_CHANNELS, FPN_CHANNELS, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(FPN_CHANNELS, CLASSES, 3, padding=1),
    )


class FpnNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv_bn(3, FPN_WIDTHS[0], 7, nn.ReLU, stride=2)
        self.stages = nn.ModuleList(
            nn.Sequential(
                conv_bn(FPN_WIDTHS[max(0, i - 1)], width, 3, nn.ReLU, stride=1 if i == 0 else 2),
                conv_bn(width, width, 3, nn.ReLU),
            )
            for i, width in enumerate(FPN_WIDTHS)
        )
        self.laterals = nn.ModuleList(nn.Conv2d(width, FPN_CHANNELS, 1) for width in FPN_WIDTHS)
        self.smooth = nn.ModuleList(nn.Conv2d(FPN_CHANNELS, FPN_CHANNELS, 3, padding=1) for _ in FPN_WIDTHS)
        self.classes, self.boxes = head(), head()

    def forward(self, x):
        x = F.max_pool2d(self.stem(x), 3, 2, 1)
        lateral = []
        for stage, reduce in zip(self.stages, self.laterals):
            x = stage(x)
            lateral.append(reduce(x))
        above, levels = None, []
        for own in reversed(lateral):
            above = own if above is None else own + F.interpolate(above, scale_factor=2, mode="nearest")
            levels.append(above)
        smoothed = [smooth(level) for smooth, level in zip(self.smooth, reversed(levels))]
        return sum(part(level).mean((2, 3)) for level in smoothed for part in (self.classes, self.boxes))


def vit_s16():
    return torchvision.models.VisionTransformer(
        image_size=224, patch_size=16, num_layers=12, num_heads=6, hidden_dim=384, mlp_dim=1536, num_classes=CLASSES
    )


OWN_NAMES = [
    (r"^class_token$", "cls_token"),
    (r"^encoder\.pos_embedding$", "pos_embed"),
    (r"^conv_proj\.", "patch_embed.proj."),
    (r"^encoder\.layers\.encoder_layer_(\d+)\.", r"blocks.\1."),
    (r"^(blocks\.\d+)\.ln_", r"\1.norm"),
    (r"\.self_attention\.in_proj_", ".attn.qkv."),
    (r"\.self_attention\.out_proj\.", ".attn.proj."),
    (r"\.mlp\.0\.", ".mlp.fc1."),
    (r"\.mlp\.3\.", ".mlp.fc2."),
    (r"^encoder\.ln\.", "norm."),
    (r"^heads\.head\.", "head."),
]


def own_name(name):
    """timm's name, which is ours, of a parameter of torchvision's vision transformer; other names stay."""
    for pattern, replacement in OWN_NAMES:
        name = re.sub(pattern, replacement, name)
    return name


NETWORKS = {
    "resnet18": lambda: torchvision.models.resnet18(num_classes=CLASSES),
    "resnet34": lambda: torchvision.models.resnet34(num_classes=CLASSES),
    "resnet50": lambda: torchvision.models.resnet50(num_classes=CLASSES),
    "mobilenetv2": lambda: torchvision.models.mobilenet_v2(num_classes=CLASSES),
    "resnest50": lambda: resnest50(CLASSES),
    "seresnext": lambda: seresnext(CLASSES),
    "vits16r224": vit_s16,
    "depthwise": DepthwiseNet,
    "fpn": FpnNet,
}
