import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { addWeights } from '../../../main/weights/library.ts';
import { fileServer } from '../../kit/file-server.ts';
import { tempFolder } from '../../kit/folders.ts';
import { initialWeightsOf } from '../../kit/model-weights.ts';
import { describeWithShared, sharedPath } from '../../kit/shared.ts';
import { torchFileOf } from '../../kit/torch-files.ts';
import { SMALL, shadesProject } from '../../kit/training.ts';

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of its own, while servers of this one go on answering. */
function lightbench(home: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, LIGHTBENCH_HOME: home };
    execFile(process.execPath, [join(ROOT, 'main', 'cli.ts'), ...args], { env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

async function parsed(home: string, ...args: readonly string[]) {
  const { status, stdout } = await lightbench(home, ...args, '--json');
  return { status, value: JSON.parse(stdout) };
}

describe('lightbench weights', () => {
  test('list says of everything published where it is and how to know it', async () => {
    const { value } = await parsed(tempFolder(), 'weights', 'list');

    expect(value).toContainEqual({
      name: 'resnet18-imagenet1k-v1',
      model: 'resnet18',
      backbone_of: ['fasterrcnn_resnet18_fpn', 'maskrcnn_resnet18_fpn'],
      file: null,
      title: 'ImageNet-1k',
      licence: 'BSD-3-Clause',
      sha256: 'f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec',
      sha256_start: 'f37072fd',
      size_bytes: 46_830_571,
      url: 'https://download.pytorch.org/models/resnet18-f37072fd.pth',
    });
  });

  test('add takes a folder, and fails only when nothing of it is weights', async () => {
    const home = tempFolder();
    const [some, none] = [join(home, 'some'), join(home, 'none')];
    for (const folder of [some, none]) {
      mkdirSync(folder);
      writeFileSync(join(folder, 'README.md'), 'no weights');
    }
    writeFileSync(join(some, 'mine.pth'), torchFileOf(initialWeightsOf('mobilenetv2', 3)));

    const added = await parsed(home, 'weights', 'add', some);
    const person = await lightbench(home, 'weights', 'add', none);

    expect(added).toMatchObject({ status: 0, value: { added: [{ name: 'mine', model: 'mobilenetv2' }] } });
    expect(added.value.refused).toEqual([
      expect.objectContaining({ file: join(some, 'README.md'), code: 'weights-invalid' }),
    ]);
    expect(person).toMatchObject({ status: 1 });
    expect(person.stdout).toContain('0 added, 1 not');
  });

  test('fetch refuses other bytes than the published ones', async () => {
    const home = tempFolder();
    const server = await fileServer(Buffer.from('no weights'));

    const fetched = await parsed(home, 'weights', 'fetch', 'mobilenet_v2-imagenet1k-v1', '--from', server.url);

    expect(fetched).toMatchObject({ status: 1, value: { error: { code: 'download-mismatch' } } });
    expect(fetched.value.error.message).toContain(
      'b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889 is due',
    );
  });

  test('train starts from what is here unasked, and says aloud when it starts from nothing', async () => {
    const home = tempFolder();
    const folder = join(home, 'project');
    (await shadesProject(6, folder)).close();
    const file = join(home, 'mine.pth');
    writeFileSync(file, torchFileOf(initialWeightsOf('mobilenetv2', 3)));
    addWeights(join(home, 'weights'), file);
    const settings = Object.entries({ ...SMALL, number_of_epochs: 1 }).flatMap(([name, value]) => [
      '--set',
      `${name}=${value}`,
    ]);

    const unasked = await lightbench(home, 'train', folder, '--model', 'mobilenetv2', ...settings);
    const scratch = await lightbench(home, 'train', folder, '--model', 'mobilenetv2', '--weights', 'none', ...settings);
    const runs = await parsed(home, 'runs', folder);

    expect([unasked.status, scratch.status]).toEqual([0, 0]);
    expect(unasked.stderr).not.toContain('WARNING');
    expect(scratch.stderr).toContain(
      'WARNING: no pretrained weights for mobilenetv2: training from scratch needs far more images',
    );
    expect(scratch.stderr).toContain('lightbench weights fetch mobilenet_v2-imagenet1k-v1');
    const notes = runs.value.map((run: { notes: string[] }) => run.notes.join('\n'));
    expect(notes[0]).toMatch(/starts from .*mine\.safetensors/);
    expect(notes[0]).toContain('the head of the weights file is missing or has another class count and was replaced');
    expect(notes[1]).toContain('WARNING: no pretrained weights');
  });
});

const MOBILENET = 'data/weights/mobilenet_v2_100_in1k_f16.safetensors';

describeWithShared('lightbench weights fetch', [MOBILENET], () => {
  test('takes the file from a mirror, checks it, and lists it as here', async () => {
    const home = tempFolder();
    const server = await fileServer(readFileSync(sharedPath(MOBILENET)));
    const name = 'mobilenet_v2_100_in1k_f16';

    const fetched = await parsed(home, 'weights', 'fetch', name, '--from', server.url);
    const { value: listed } = await parsed(home, 'weights', 'list');

    expect(fetched).toMatchObject({ status: 0, value: [{ verified: 'sha256', was_here: false, entry: { name } }] });
    expect(listed[0]).toMatchObject({ name, file: join(home, 'weights', `${name}.safetensors`) });
  });
});
