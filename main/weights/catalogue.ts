/**
 * Published weights by name: where they are, how to know them again, what they expect of pixels and padding.
 *
 * Hashes: nothing was downloaded to make this list. Where `sha256` is given, public records of the file agree on it, with
 * each other and with the digits in its name; of `vit_large_patch16_224-augreg-in21k` there is one record, beside two of
 * the same source that others confirm. Where it is null, the publisher put the digits of `sha256Start` into the file's
 * name and no record of the rest was found. A size that is null was not found.
 */

import { BYTE_PIXELS, IMAGENET_CONVENTION, type InputConvention } from '../../native-models/catalog.ts';

export interface KnownWeights {
  readonly name: string;
  readonly model: string;
  /** Null: not published as a file of this kind; it can be added, not fetched. */
  readonly url: string | null;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  /** First digits of the hash; equal to those of `sha256` where both are known. */
  readonly sha256Start: string;
  readonly convention: InputConvention;
  /** What its frozen batch norms add to variances, where that is not what ours add. */
  readonly normEpsilon?: 0;
  readonly trainedOn: string;
  readonly licence: string;
  readonly origin: string;
}

/** What is known of a file's content. */
type Content = Pick<KnownWeights, 'sha256' | 'sha256Start' | 'sizeBytes'>;

const START_DIGITS = 8; // as torch's hub puts into file names

const whole = (sha256: string, sizeBytes: number | null = null): Content => ({
  sha256,
  sha256Start: sha256.slice(0, START_DIGITS),
  sizeBytes,
});
const start = (sha256Start: string): Content => ({ sha256: null, sha256Start, sizeBytes: null });

/** Pixels to -1..1. Source: timm, IMAGENET_INCEPTION_MEAN. */
const HALF: InputConvention = { ...IMAGENET_CONVENTION, mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };
const IMAGENET_1K = 'ImageNet-1k';
const IMAGENET_21K = 'ImageNet-21k, then ImageNet-1k';
const COCO = 'COCO 2017';

interface Publisher {
  readonly licence: string;
  readonly origin: string;
  readonly folder: string;
}

/** Source: torchvision 0.14, torchvision/models, the weights' enumerations. */
const TORCHVISION: Publisher = {
  licence: 'BSD-3-Clause',
  origin: 'https://github.com/pytorch/vision',
  folder: 'https://download.pytorch.org/models/',
};
/** Source: model cards of https://huggingface.co/timm; files are pinned to a revision. */
const TIMM: Publisher = {
  licence: 'Apache-2.0',
  origin: 'https://huggingface.co/timm',
  folder: 'https://huggingface.co/timm/',
};
/** Source: timm 0.4 to 0.6, `default_cfgs`. */
const TIMM_RELEASES: Publisher = {
  licence: 'Apache-2.0',
  origin: 'https://github.com/huggingface/pytorch-image-models',
  folder: 'https://github.com/huggingface/pytorch-image-models/releases/download/',
};
const DEIT: Publisher = {
  licence: 'Apache-2.0',
  origin: 'https://github.com/facebookresearch/deit',
  folder: 'https://dl.fbaipublicfiles.com/deit/',
};
const RESNEST: Publisher = {
  licence: 'Apache-2.0',
  origin: 'https://github.com/zhanghang1989/ResNeSt',
  folder: 'https://github.com/zhanghang1989/ResNeSt/releases/download/weights_step1/',
};
const CADENE: Publisher = {
  licence: 'BSD-3-Clause',
  origin: 'https://github.com/Cadene/pretrained-models.pytorch',
  folder: 'https://data.lip6.fr/cadene/pretrainedmodels/',
};

function published(
  name: string,
  model: string,
  { licence, origin, folder }: Publisher,
  file: string,
  content: Content,
  trainedOn = IMAGENET_1K,
  convention = IMAGENET_CONVENTION,
): KnownWeights {
  return { name, model, url: `${folder}${file}`, ...content, convention, trainedOn, licence, origin };
}

/** torchvision's first COCO weights of a detector. Source: torchvision 0.14, `overwrite_eps` where they are loaded. */
const firstCoco = (model: string, file: string, content: Content): KnownWeights => ({
  ...published(`${model}-coco-v1`, model, TORCHVISION, file, content, COCO),
  normEpsilon: 0,
});

const MOBILENET_CORAL: KnownWeights = {
  name: 'mobilenet_v2_100_in1k_f16',
  model: 'mobilenetv2',
  url: null,
  ...whole('82d06a364374d420b726767851f01c233ddae35b8eb67054d0e0424f0a28e16d', 7_240_904),
  // TensorFlow's: pixels to -1..1, and strided convolutions that pad at the right and bottom.
  convention: { ...HALF, stridedPadding: 'same-upper' },
  trainedOn: IMAGENET_1K,
  licence: 'Apache-2.0',
  origin: 'google-coral/test_data, tf2_mobilenet_v2_1.0_224_ptq.tflite, dequantised',
};

const YOLOX_NANO: KnownWeights = {
  name: 'yolox_nano_coco',
  model: 'yolox_nano',
  url: null,
  ...whole('a6796f4057eb4c1fbb4a4a054fa586f13d5ad0cc76d2f1ae07811c288d6af76b', 3_767_364),
  convention: BYTE_PIXELS,
  trainedOn: COCO,
  licence: 'Apache-2.0',
  origin: 'Megvii YOLOX 0.1.1, batch norm unfolded from yolox_nano.onnx of Kazuhito00/YOLOX-ONNX-TFLite-Sample',
};

/** The first of a model's is what it starts from where several are here. */
export const KNOWN_WEIGHTS: readonly KnownWeights[] = [
  published(
    'mobilenet_v2-imagenet1k-v1',
    'mobilenetv2',
    TORCHVISION,
    'mobilenet_v2-b0353104.pth',
    whole('b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889'),
  ),
  published(
    'mobilenet_v2-imagenet1k-v2',
    'mobilenetv2',
    TORCHVISION,
    'mobilenet_v2-7ebf99e0.pth',
    whole('7ebf99e03e254b273379b23edca7ec0da9f48273b23a332b93c1c99d49e86e8f', 14_258_573),
  ),
  MOBILENET_CORAL,
  YOLOX_NANO,
  published(
    'resnet18-imagenet1k-v1',
    'resnet18',
    TORCHVISION,
    'resnet18-f37072fd.pth',
    whole('f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec', 46_830_571),
  ),
  published(
    'resnet34-imagenet1k-v1',
    'resnet34',
    TORCHVISION,
    'resnet34-b627a593.pth',
    whole('b627a593bcbe140c234610266fe4f8ae95ea42fc881d091c9b6052e6b1d0590f', 87_319_819),
  ),
  published(
    'resnet50-imagenet1k-v1',
    'resnet50',
    TORCHVISION,
    'resnet50-0676ba61.pth',
    whole('0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a', 102_530_333),
  ),
  published(
    'resnet50-imagenet1k-v2',
    'resnet50',
    TORCHVISION,
    'resnet50-11ad3fa6.pth',
    whole('11ad3fa62ca79e40addfd354a8ec4b7c75143b3038b8d2a807fbc68deab379ca', 102_540_417),
  ),
  published(
    'resnet101-imagenet1k-v1',
    'resnet101',
    TORCHVISION,
    'resnet101-63fe2227.pth',
    whole('63fe2227b86e8f1f2063f43a75c84d195911b6a0eace650907dd3dc62dd49a0a'),
  ),
  published(
    'resnet101-imagenet1k-v2',
    'resnet101',
    TORCHVISION,
    'resnet101-cd907fc2.pth',
    whole('cd907fc2a0de2292b2ba2b27d2216bc672d84632d1cf20058d01c0c03b5e020e'),
  ),
  published(
    'resnet152-imagenet1k-v1',
    'resnet152',
    TORCHVISION,
    'resnet152-394f9c45.pth',
    whole('394f9c45966e3651a89bbb78a48410a6755854ce4a5ab64927cf1c7247f85e58'),
  ),
  published('resnet152-imagenet1k-v2', 'resnet152', TORCHVISION, 'resnet152-f82ba261.pth', start('f82ba261')),
  published('resnest50-imagenet1k', 'resnest50', RESNEST, 'resnest50-528c19ca.pth', start('528c19ca')),
  published('resnest101-imagenet1k', 'resnest101', RESNEST, 'resnest101-22405ba7.pth', start('22405ba7')),
  published('se_resnext50_32x4d-imagenet1k', 'seresnext', CADENE, 'se_resnext50_32x4d-a260b3a4.pth', start('a260b3a4')),
  published(
    'seresnext50_32x4d-racm',
    'seresnext',
    TIMM_RELEASES,
    'v0.1-weights/seresnext50_32x4d_racm-a304a460.pth',
    start('a304a460'),
  ),
  published(
    'vit_small_patch16_224-augreg-in21k',
    'vits16r224',
    TIMM,
    'vit_small_patch16_224.augreg_in21k_ft_in1k/resolve/7e2c55630205e1266030f18370f4c6ed1a514b52/model.safetensors',
    whole('79c03c635cdfd798a364a9d8c4e5c0b7255b975ea2c9616046d4f77ab01435aa', 88_216_496),
    IMAGENET_21K,
    HALF,
  ),
  published(
    'deit_small_patch16_224',
    'vits16r224',
    DEIT,
    'deit_small_patch16_224-cd65a155.pth',
    whole('cd65a15597004d0ce19d7a9daef969903972db5b398e3a5febcd3c4df1d8f59f'),
  ),
  published(
    'vit_base_patch16_224-augreg2-in21k',
    'vitb16r224',
    TIMM,
    'vit_base_patch16_224.augreg2_in21k_ft_in1k/resolve/063c6c38a5d8510b2e57df480445e94b231dad2c/model.safetensors',
    whole('32aa17d6e17b43500f531d5f6dc9bc93e56ed8841b8a75682e1bb295d722405b', 346_284_714),
    IMAGENET_21K,
    HALF,
  ),
  published(
    'vit_base_patch16_224-in21k',
    'vitb16r224',
    TIMM_RELEASES,
    'v0.1-vitjx/jx_vit_base_p16_224-80ecf9dd.pth',
    whole('80ecf9dd5e3a58895e959af554c5666c4e7b4da4410de4f1f2b0025e93435d8c', 346_292_833),
    IMAGENET_21K,
    HALF,
  ),
  published(
    'deit_base_patch16_224',
    'vitb16r224',
    DEIT,
    'deit_base_patch16_224-b5f2ef4d.pth',
    whole('b5f2ef4d686982dcdab24fe285fd08fff40db01550d8d4833167a73dd85ca7a8'),
  ),
  published(
    'vit_b_16-imagenet1k-v1',
    'vitb16r224',
    TORCHVISION,
    'vit_b_16-c867db91.pth',
    whole('c867db91d3e12c6cbadabb610d73c24a546bf82d8c03a9fea34f43a712ddb0e9', 346_328_529),
  ),
  published(
    'vit_large_patch16_224-augreg-in21k',
    'vitl16r224',
    TIMM,
    'vit_large_patch16_224.augreg_in21k_ft_in1k/resolve/0930ab3308b84cb2ae091a4a80703c459412a4c7/model.safetensors',
    whole('109390825a5bada2864f1b74445a63d29c51ef079c349644bc98996c452f6cf1'),
    IMAGENET_21K,
    HALF,
  ),
  published(
    'vit_large_patch16_224-in21k',
    'vitl16r224',
    TIMM_RELEASES,
    'v0.1-vitjx/jx_vit_large_p16_224-4ee7a4dc.pth',
    start('4ee7a4dc'),
    IMAGENET_21K,
    HALF,
  ),
  published('vit_l_16-imagenet1k-v1', 'vitl16r224', TORCHVISION, 'vit_l_16-852ce7e3.pth', start('852ce7e3')),
  firstCoco(
    'fasterrcnn_resnet50_fpn',
    'fasterrcnn_resnet50_fpn_coco-258fb6c6.pth',
    whole('258fb6c638b15964ddcdd1ae0748c5eef1be9e732750120cc857feed3faac384', 167_502_836),
  ),
  firstCoco(
    'retinanet_resnet50_fpn',
    'retinanet_resnet50_fpn_coco-eeacb38b.pth',
    whole('eeacb38b7cec8cf93c57867e05eaab621047f19b0d2ec5accaa405f690da15b7', 136_595_076),
  ),
  firstCoco(
    'maskrcnn_resnet50_fpn',
    'maskrcnn_resnet50_fpn_coco-bf2d0c1e.pth',
    whole('bf2d0c1efbc936eeee2bc95a48e80ebc86b891f61b0106485937fc29f9315fc0'),
  ),
];

export const knownByHash = (sha256: string): KnownWeights | null =>
  KNOWN_WEIGHTS.find((entry) => sha256.startsWith(entry.sha256 ?? entry.sha256Start)) ?? null;
