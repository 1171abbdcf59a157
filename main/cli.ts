#!/usr/bin/env node

/** The command line: every job without a window. Parses arguments, builds what commands need, sets the exit status. */

import { availableParallelism } from 'node:os';
import { Command, CommanderError, Help, Option } from 'commander';
import { METHODS } from '../native-models/explain/methods.ts';
import packageJson from '../package.json' with { type: 'json' };
import { Task } from '../preload/contract/tasks.ts';
import { EXPORT_FORMATS, IMPORT_FORMATS } from '../preload/contract/transfers.ts';
import type { CliContext } from './cli/context.ts';
import { doctorCommand } from './cli/doctor.ts';
import { exportCommand } from './cli/export.ts';
import { importCommand } from './cli/import.ts';
import { addModelCommand, importedModelsCommand, removeModelCommand } from './cli/imported-models.ts';
import { METRICS_HELP, metricsCommand } from './cli/metrics.ts';
import { modelsCommand } from './cli/models.ts';
import { EXIT, Output } from './cli/output.ts';
import { createCommand } from './cli/project.ts';
import { serveCommand } from './cli/serve.ts';
import { serveBundleCommand } from './cli/serve-bundle.ts';
import { sweepCommand } from './cli/sweep.ts';
import { runsCommand, trainCommand } from './cli/train.ts';
import { compactCommand, duplicateCommand, verifyCommand } from './cli/upkeep.ts';
import { bundleCommand, EXPLANATION_SETTINGS, evaluateCommand, scoreCommand } from './cli/use.ts';
import { weightsAddCommand, weightsFetchCommand, weightsListCommand } from './cli/weights.ts';
import { systemClock } from './clock.ts';
import { DEVICE_HELP } from './devices/device.ts';
import { userHome, weightsFolder } from './home.ts';

const stop = new AbortController();

function contextFor(command: Command): CliContext {
  const { json } = command.optsWithGlobals<{ json?: boolean }>();
  const streams = {
    out: (text: string) => process.stdout.write(text),
    err: (text: string) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 80,
  };
  const home = userHome();
  return {
    clock: systemClock,
    output: new Output(streams, json === true),
    home,
    library: weightsFolder(home),
    threads: availableParallelism(),
    signal: stop.signal,
  };
}

/** What an action returns, when it is a number, is the exit status. */
type Action<A extends unknown[]> = (context: CliContext, ...args: A) => unknown;

/** Wraps a command: its errors become messages and an exit status. */
const act =
  <A extends unknown[]>(action: Action<A>) =>
  async (...parameters: unknown[]): Promise<void> => {
    const command = parameters.at(-1) as Command;
    const context = contextFor(command);
    try {
      const status = await action(context, ...(parameters.slice(0, -1) as A));
      process.exitCode = typeof status === 'number' ? status : EXIT.done;
    } catch (error) {
      process.exitCode = context.output.failure(error);
    }
  };

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];
/** An option that may be repeated is absent by default, which needs no word. */
const optionDescription = (option: Option): string =>
  Array.isArray(option.defaultValue) ? option.description : new Help().optionDescription(option);
const json = () => new Option('--json', 'print one JSON document');

function program(): Command {
  const root = new Command('lightbench')
    .description('Label images, train models, compare runs and export bundles, offline.')
    .version(packageJson.version)
    .configureHelp({ optionDescription })
    .exitOverride();
  addProjectCommands(root);
  addUpkeepCommands(root);
  addModelCommands(root);
  addRunCommands(root);
  addSweepCommand(root);
  addServeCommand(root);
  addServeBundleCommand(root);
  root
    .command('doctor')
    .description('check that this machine can train')
    .option('--device <device>', `require that this one works: ${DEVICE_HELP}`)
    .addOption(json())
    .action(act(doctorCommand));
  return root;
}

function addProjectCommands(root: Command): void {
  root
    .command('create <project>')
    .description('make a project folder')
    .requiredOption('--task <task>', Task.options.join(', '))
    .option('--name <name>', 'name shown to people; the folder name by default')
    .addOption(json())
    .action(act(createCommand));
  root
    .command('import <project> <path>')
    .description('bring labelled images into a project')
    .option('--format <format>', ['auto', ...IMPORT_FORMATS].join(', '), 'auto')
    .option('--images <folder>', 'where the images lie, when not beside the annotations')
    .option('--split <split>', 'train, validation or test, for images without one')
    .option('--map <old=new>', 'a class under another name; may be repeated', collect, [])
    .option('--drop <class>', 'a class to leave out; may be repeated', collect, [])
    .option('--map-split <old=new>', "the source's name of a split as train, validation, test or none", collect, [])
    .option('--every <n>', 'of a video or a folder of frames: every n-th one')
    .option('--rate <number>', 'of a video: so many frames a second; one by default')
    .option('--ffmpeg <file>', 'the program that reads videos; by default the one on the PATH')
    .option('--dry-run', 'say what an import would do, and write nothing')
    .option(
      '--label-separator <name>',
      'between names in a CSV cell: comma, semicolon, bar, space; found out by default',
    )
    .option('--link', 'leave images where they are instead of copying them')
    .addOption(json())
    .action(act(importCommand));
  root
    .command('export <project>')
    .description('write the labelled images as a data set that other tools read')
    .requiredOption('--format <format>', EXPORT_FORMATS.join(', '))
    .requiredOption('--out <folder>', 'a new or empty folder')
    .option('--split <split>', 'only train, validation or test')
    .option('--no-images', 'annotations alone')
    .addOption(json())
    .action(act(exportCommand));
}

function addUpkeepCommands(root: Command): void {
  root
    .command('verify <project>')
    .description('read every file of a project and compare it with what was imported')
    .option('--repair <folder>', 'look for missing images there, by their content')
    .option('--forget-missing', 'take out of the project what is missing')
    .addOption(json())
    .action(act(verifyCommand));
  root
    .command('duplicate <project> <folder>')
    .description('copy a project, runs included, into a new folder')
    .option('--name <name>', "the copy's name; the folder's by default")
    .addOption(json())
    .action(act(duplicateCommand));
  root
    .command('compact <project>')
    .description('remove copies that no image is, and give room back')
    .addOption(json())
    .action(act(compactCommand));
}

function addModelCommands(root: Command): void {
  const models = root
    .command('models')
    .exitOverride()
    .description('every model with its hyperparameters, defaults and ranges')
    .option('--task <task>', 'only models for this task')
    .addOption(json())
    .action(act(modelsCommand));
  addImportedModelCommands(models);
  const weights = root.command('weights').description('pretrained weights on this machine').exitOverride();
  weights
    .command('list')
    .description('weights here, and those known')
    .addOption(json())
    .action(act(weightsListCommand));
  weights
    .command('fetch <name...>')
    .description("download published weights and check them; a model's name stands for its usual ones")
    .option('--from <url>', 'another address of the same file, as on a mirror')
    .addOption(json())
    .action(act(weightsFetchCommand));
  weights
    .command('add <path>')
    .description('keep weights for all projects: a safetensors or torch file, or a folder of them')
    .addOption(json())
    .action(act(weightsAddCommand));
}

function addImportedModelCommands(models: Command): void {
  models
    .command('add <project> <path>')
    .description('take a model from elsewhere into a project, to propose labels: an ONNX file or a bundle')
    .option('--decoder <file>', 'of a model that is clicked: the file that answers clicks; <path> looks at the picture')
    .option('--labels <file>', 'names of its classes, one a line or a JSON list; by default beside it or inside it')
    .option('--name <name>', "what people call it; the file's name by default")
    .option('--mapping <file>', 'how it is used, as --dry-run --json prints it; guessed by default')
    .option('--set <field=value>', 'a field of the mapping, as input.colour=bgr; may be repeated', collect, [])
    .option('--map <class=class>', 'a class of the model as one of the project; may be repeated', collect, [])
    .option('--drop <class>', 'a class of the model to leave out; may be repeated', collect, [])
    .option('--dry-run', 'say how it would be used, and add nothing')
    .addOption(json())
    .action(act(addModelCommand));
  models
    .command('imported <project>')
    .description('models from elsewhere in a project')
    .addOption(json())
    .action(act(importedModelsCommand));
  models
    .command('remove <project> <model>')
    .description('take a model from elsewhere out of a project, with what it had proposed')
    .addOption(json())
    .action(act(removeModelCommand));
}

function addRunCommands(root: Command): void {
  root
    .command('train <project>')
    .description('train a model, or go on with a run')
    .option('--model <name>', "see: lightbench models; the task's default without it")
    .option('--set <name=value>', 'a hyperparameter; may be repeated', collect, [])
    .option('--device <device>', `${DEVICE_HELP}; cpu by default`)
    .option(
      '--weights <weights>',
      'a file, a name from: lightbench weights list, or none; by default what is here for the model',
    )
    .option('--resume <run>', 'go on with a failed or cancelled run')
    .addOption(json())
    .action(act(trainCommand));
  root
    .command('runs <project> [run]')
    .description('state, metrics and curves of runs')
    .addOption(json())
    .action(act((context, folder: string, run: string | undefined) => runsCommand(context, folder, run)));
  root
    .command('evaluate <project> <run>')
    .description("judge a run's best model")
    .option('--split <split>', 'train, validation or test', 'validation')
    .addOption(json())
    .action(act(evaluateCommand));
  root
    .command('metrics')
    .description('judge any predictions, ours or not')
    .requiredOption(
      '--task <task>',
      'image-classification, image-classification-multilabel, image-object-detection or image-instance-segmentation',
    )
    .requiredOption('--truth <file>', 'what is true')
    .requiredOption('--predictions <file>', 'what was predicted')
    .option('--resamples <count>', 'draws for the intervals, 0 for none', '1000')
    .option('--seed <number>', 'of the draws', '0')
    .option('--curves', 'put the curves into the JSON document')
    .option('--score-threshold <score>', "objects: those scored above it count, but for COCO's numbers; all by default")
    .option('--iou-threshold <share>', "objects: from which overlap on one is found, but for COCO's numbers", '0.5')
    .option('--boundary', "objects with masks: COCO's numbers of boundaries as well")
    .addOption(json())
    .addHelpText('after', METRICS_HELP)
    .action(act(metricsCommand));
  root
    .command('bundle <project> <run>')
    .description("export a run's best model as a folder that works elsewhere")
    .option('--out <folder>', 'by default bundles/<run> in the project')
    .addOption(json())
    .action(act(bundleCommand));
  root
    .command('score <bundle> <image...>')
    .description('score images with a bundle')
    .option(
      '--set <name=value>',
      'settings other than those of the bundle: sizes of classifiers; thresholds, tiling, outlines of objects',
      collect,
      [],
    )
    .option('--threshold <value>', 'P for every class, or LABEL=P for one; may be repeated', collect, [])
    .option('--explain <method>', `draw what a decision used: ${METHODS.join(', ')}`)
    .option('--explain-set <name=value>', `${EXPLANATION_SETTINGS.join(', ')}; may be repeated`, collect, [])
    .option('--lines <file>', 'append a JSON line an image to this file, of folders too; goes on where it was')
    .option('--processes <count>', 'of --lines: so many images at a time', '1')
    .option('--timeout <seconds>', 'of --lines: longest time for one image', '30')
    .option('--retries <count>', 'of --lines: how often an image that broke is tried again', '3')
    .option('--out <folder>', 'where the pictures of explanations go; explanations by default')
    .option('--draw <folder>', 'of objects: pictures with what was found drawn over them go there')
    .addOption(json())
    .action(act(scoreCommand));
}

function addSweepCommand(root: Command): void {
  root
    .command('sweep [project] [file]')
    .description('search hyperparameters as a YAML file says, or go on with a sweep')
    .option('--device <devices>', `where trials may run, separated by commas: ${DEVICE_HELP}; cpu by default`)
    .option('--weights <none>', 'none: trials start from scratch; by default from what is here for their model')
    .option('--resume [sweep]', 'go on with a sweep that was interrupted, paused or stopped; by default the latest')
    .option('--new', 'begin another sweep, also where one of the same file is unfinished')
    .option('--check', 'say what the file would do, or what is wrong with it, and start nothing')
    .option('--schema', 'print the JSON Schema of the file')
    .option('--sweep <sweep>', 'the sweep that the options below are for; by default the latest')
    .option('--pause', 'end running trials after their epoch, to go on later')
    .option('--stop', 'end running trials after their epoch, and the sweep')
    .option('--stop-now', 'end running trials and the sweep at once')
    .option('--stop-trial <number>', 'end a trial at once')
    .option('--requeue <number>', 'train a trial again that failed or was ended, after its last epoch')
    .option('--add <count>', 'let the sweep have so many trials more')
    .addOption(new Option('--json', 'print one JSON document a line: every event, then the whole sweep'))
    .action(act(sweepCommand));
}

function addServeCommand(root: Command): void {
  root
    .command('serve [project]')
    .description('serve the window to a browser')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port, 0 for any free one', '0')
    .option('--insecure', 'allow an address that other machines reach, without encryption')
    .option('--tls-cert <file>', 'certificate to encrypt with, PEM; with --tls-key')
    .option('--tls-key <file>', 'its private key, PEM')
    .option('--projects <folder>', 'let windows open and make projects below a folder; may be repeated', collect, [])
    .addOption(json())
    .action(act(serveCommand));
}

function addServeBundleCommand(root: Command): void {
  root
    .command('serve-bundle <bundle>')
    .description('score images that are sent by HTTP')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port, 0 for any free one', '0')
    .option('--insecure', 'allow an address that other machines reach, without encryption')
    .option('--token-file <file>', 'answer only to requests with the bearer token in this file')
    .option('--max-body <MB>', 'largest request', '64')
    .option('--timeout <seconds>', 'longest time for one image', '60')
    .option(
      '--set <name=value>',
      'valid_resize_size or valid_crop_size other than the bundle has; of objects sizes, thresholds, tiles',
      collect,
      [],
    )
    .option('--threshold <value>', 'P for every class, or LABEL=P for one; may be repeated', collect, [])
    .addOption(json())
    .action(act(serveBundleCommand));
}

/** A terminal and npm above us may each hand on the same Ctrl-C: what follows within this time is the same one. */
const SAME_KEY_MS = 1000;

/** The first Ctrl-C ends the run in order, a later one ends the program; so does a closed terminal. */
function stopOnSignals(): void {
  let firstMs: number | null = null;
  const onSignal = () => {
    const nowMs = performance.now();
    if (firstMs !== null && nowMs - firstMs > SAME_KEY_MS) process.exit(EXIT.cancelled);
    firstMs ??= nowMs;
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  // best effort: a terminal that is gone takes no more text, and the run must still be put in order
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

stopOnSignals();

try {
  await program().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}
