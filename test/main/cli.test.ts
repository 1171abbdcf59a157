import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../build/source-files.ts';
import { createRun, startRun } from '../../main/store/runs.ts';
import { suiteFolder, tempFolder } from '../kit/folders.ts';
import { newRun } from '../kit/runs.ts';
import { SMALL, shadesProject, writeShades } from '../kit/training.ts';

const home = suiteFolder();

function lightbench(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'main', 'cli.ts'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, LIGHTBENCH_HOME: home },
  });
  return { status, stdout, stderr };
}

const parsed = (...args: readonly string[]) => {
  const { status, stdout } = lightbench(...args, '--json');
  return { status, value: JSON.parse(stdout) };
};

describe('the command line', () => {
  test('does the main job, with one JSON document from each command', async () => {
    const folder = join(tempFolder(), 'project');
    const pictures = await writeShades(tempFolder(), 12);
    const settings = Object.entries(SMALL).flatMap(([name, value]) => ['--set', `${name}=${value}`]);

    const created = parsed('create', folder, '--task', 'image-classification');
    const imported = parsed('import', folder, pictures);
    const trained = parsed('train', folder, '--model', 'resnet18', ...settings);
    const runs = parsed('runs', folder);
    const run = parsed('runs', folder, 'r0001');
    const judged = parsed('evaluate', folder, 'r0001');
    const bundled = parsed('bundle', folder, 'r0001');
    const explanations = join(folder, 'explanations');
    const explain = ['--explain', 'Grad-CAM', '--out', explanations] as const;
    const scored = parsed('score', bundled.value.out, join(pictures, 'dark', '0.png'), ...explain);

    expect([created, imported, trained, runs, run, judged, bundled, scored].map(({ status }) => status)).toEqual(
      new Array(8).fill(0),
    );
    expect(created.value).toMatchObject({ folder, task: 'image-classification' });
    expect(imported.value).toMatchObject({ added: 24, classes: { bright: 12, dark: 12 } });
    expect(run.value).toEqual(trained.value);
    expect(runs.value).toEqual([run.value]);
    expect(Object.keys(run.value.epochs[0]).sort()).toEqual([
      'data_wait_seconds',
      'epoch',
      'images_per_second',
      'learning_rate',
      'metrics',
      'per_label_metrics',
      'seconds',
      'train_loss',
    ]);
    expect(judged.value.metrics.accuracy).toBe(run.value.primary_metric.best);
    expect(scored.value[0]).toMatchObject({ labels: ['bright', 'dark'] });
    expect(scored.value[0].probs.length).toBe(2);
    const { probs, labels, explanations: drawn } = scored.value[0];
    const best = probs.indexOf(Math.max(...probs));
    const file = join(explanations, `0.${labels[best]}.gradcam.png`);
    expect(drawn).toEqual([{ label: labels[best], probability: probs[best], method: 'gradcam', file }]);
    expect(await sharp(file).metadata()).toMatchObject({ format: 'png', width: 64, height: 64 });

    const rows = join(folder, 'runs', 'r0001', 'predictions-validation.jsonl');
    const files = ['--truth', rows, '--predictions', rows];
    const again = parsed('metrics', '--task', 'image-classification', ...files, '--resamples', '10');
    expect(again.value.metrics.AUC_macro).toBe(judged.value.metrics.AUC_macro);
    expect(again.value).toMatchObject({ confusion: judged.value.confusion, intervals: { resamples: 10 } });
  }, 180_000);

  test('judges predictions from anywhere, and names bad rows', () => {
    const [truth, predictions] = ['truth.csv', 'predictions.csv'].map((name) => join(tempFolder(), name)) as [
      string,
      string,
    ];
    writeFileSync(truth, 'image,labels\na.jpg,sea\nb.jpg,"sea,trees"\nc.jpg,\n');
    writeFileSync(predictions, 'image,sea,trees\na.jpg,0.9,0.1\nb.jpg,0.8,0.4\nc.jpg,0.2,0.3\n');
    const command = [
      'metrics',
      '--task',
      'image-classification-multilabel',
      '--truth',
      truth,
      '--predictions',
    ] as const;

    const program = parsed(...command, predictions, '--curves');
    const person = lightbench(...command, predictions);
    writeFileSync(predictions, 'image,sea,trees\na.jpg,0.9,oak\n');
    const refused = lightbench(...command, predictions);

    expect(program.value).toMatchObject({ images: 3, classes: ['sea', 'trees'], metrics: { iou: 2 / 3 } });
    expect(program.value.curves.micro.roc.true_positive_rate.at(-1)).toBe(1);
    expect(person.stdout).toMatch(/^iou +0\.6667 +0\.0000 to 1\.0000$/m);
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toContain(`${predictions}:2: class "trees": expected a probability from 0 to 1`);
  });

  test('shows a run whose program was killed as failed, not as running', async () => {
    const folder = join(tempFolder(), 'project');
    const project = await shadesProject(4, folder);
    const id = createRun(project.db, newRun());
    startRun(project.db, id, 1);

    const whileWriting = parsed('runs', folder, id);
    project.close();
    const afterwards = parsed('runs', folder, id);

    expect(whileWriting.value.state).toBe('running');
    expect(afterwards.value).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('ended without a word'),
    });
  });

  test('tells people what is wrong on standard error, and programs in JSON', () => {
    const missing = join(tempFolder(), 'nowhere');

    const person = lightbench('runs', missing);
    const program = parsed('runs', missing);

    expect(person).toMatchObject({ status: 1, stdout: '' });
    expect(person.stderr).toContain(missing);
    expect(program).toMatchObject({ status: 1, value: { error: { code: 'not-a-project' } } });
  });

  test('ends with 2 when it was called wrongly', () => {
    const folder = tempFolder();

    expect(lightbench('create').status).toBe(2);
    expect(lightbench('dance').status).toBe(2);
    expect(lightbench('create', join(folder, 'p'), '--task', 'poetry')).toMatchObject({ status: 2 });
    expect(lightbench('score', folder, 'x.jpg', '--out', folder)).toMatchObject({ status: 2 });
    expect(lightbench('train', folder, '--set', 'novalue', '--model', 'resnet18').status).not.toBe(0);
  });

  test('adds and lists weights, and refuses what is none', () => {
    const file = join(tempFolder(), 'noise.safetensors');
    writeFileSync(file, 'no weights at all');

    const added = parsed('weights', 'add', file);
    const listed = parsed('weights', 'list');

    expect(added).toMatchObject({ status: 1, value: { error: { code: 'weights-invalid' } } });
    expect(added.value.error.message).toContain(file);
    expect(listed.value).toContainEqual(expect.objectContaining({ name: 'mobilenet_v2_100_in1k_f16', file: null }));
    expect(listed.value.map(({ file }: { file: string | null }) => file).every((path: unknown) => path === null)).toBe(
      true,
    );
  });

  test('lists models with every hyperparameter', () => {
    const { value } = parsed('models', '--task', 'image-classification');

    expect(value.map(({ name }: { name: string }) => name)).toEqual([
      'mobilenetv2',
      'resnet18',
      'resnet34',
      'resnet50',
      'resnet101',
      'resnet152',
      'resnest50',
      'resnest101',
      'seresnext',
      'vits16r224',
      'vitb16r224',
      'vitl16r224',
    ]);
    expect(value[0].hyperparameters).toContainEqual(
      expect.objectContaining({ name: 'learning_rate', default: 0.01, domain: { kind: 'number', min: 0, max: 1 } }),
    );
  });

  test('doctor trains a step, finds every native package and says which devices work', () => {
    const { status, value } = parsed('doctor');

    expect(status).toBe(0);
    expect(value.checks.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok])).toContainEqual([
      'train on cpu',
      true,
    ]);
    expect(value.devices.map(({ device }: { device: string }) => device)).toEqual(['cpu', 'cuda:0', 'webgpu']);
  });

  test('score names the option that asks for a way to explain there is none of', () => {
    const { status, value } = parsed('score', 'bundle', 'photo.jpg', '--explain', 'lime');

    expect([status, value.error.code]).toEqual([2, 'bad-argument']);
    expect(value.error.message).toMatch(/^--explain must be one of xrai, .*, got "lime"$/);
  });

  test('train names the device it was given and those there are', () => {
    const { status, value } = parsed('train', tempFolder(), '--model', 'resnet18', '--device', 'gpu');

    expect(status).not.toBe(0);
    expect(value.error).toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(/"gpu".*cuda:N.*webgpu/),
    });
  });

  test('an import with bad records ends well and names each of them', async () => {
    const folder = join(tempFolder(), 'project');
    const pictures = await writeShades(tempFolder(), 2);
    mkdirSync(join(pictures, 'dark'), { recursive: true });
    writeFileSync(join(pictures, 'dark', 'empty.png'), '');
    lightbench('create', folder, '--task', 'image-classification');

    const { status, stdout } = lightbench('import', folder, pictures);

    expect(status).toBe(0);
    expect(stdout).toContain('added 4');
    expect(stdout).toContain('empty.png');
  });

  test('an import of which nothing can be used fails, with its report', () => {
    const folder = join(tempFolder(), 'project');
    const file = join(tempFolder(), 'labels.jsonl');
    writeFileSync(file, '{"image_url": "a.png", "label": ');
    lightbench('create', folder, '--task', 'image-classification');

    const { status, stdout } = lightbench('import', folder, file);

    expect([status, stdout]).toEqual([1, expect.stringContaining(`${file}:1: expected one JSON object`)]);
  });

  test('a dry run of a sequence says which frames it would take', async () => {
    const folder = join(tempFolder(), 'project');
    const pictures = join(await writeShades(tempFolder(), 3), 'dark');
    lightbench('create', folder, '--task', 'image-object-detection');

    const { status, stdout } = lightbench('import', folder, pictures, '--every', '2', '--dry-run');

    expect([status, stdout]).toEqual([0, expect.stringMatching(/added 2,.*frames taken: every 2/s)]);
  });
});
