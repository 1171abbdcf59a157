import { expect, test } from 'vitest';
import { FfmpegWords } from '../../../main/data/ffmpeg-words.ts';
import { extractFrames, type FramesTaken } from '../../../main/data/video-frames.ts';
import { hasFfmpeg, makeVideo, pattern, USUAL } from '../../kit/ffmpeg.ts';
import { tempFolder } from '../../kit/folders.ts';

const SAID = `[info] Input #0, mov,mp4, from 'file:/videos/a.mp4':
[info]   Metadata:
[info]     title           : Duration: 99:00:00.00 of fun
[info]   Duration: 00:01:04.50, start: 0.000000, bitrate: 43 kb/s
[info]   Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p, 320x240, 39 kb/s, 25 fps, 25 tbr, 12800 tbn
[swscaler @ 0x559dda95c380] [warning] deprecated pixel format used
[info]   Duration: 00:00:01.00, start: 0.000000, bitrate: 43 kb/s
[h264 @ 0x55ad] [error] broken at file:/videos/a.mp4
[h264 @ 0x55ae] [error] broken at file:/videos/a.mp4
[fatal] no more`;

test('length and rate of a video are taken from what ffmpeg says, whatever the pieces, and complaints from its errors', () => {
  for (const piece of [1, 7, SAID.length]) {
    const words = new FfmpegWords();
    for (let at = 0; at < SAID.length; at += piece) words.hear(SAID.slice(at, at + piece));
    words.end();

    const expected = [{ per_second: 2 }, { every: 10 }].map((choice) => words.expectedFrames(choice));
    expect(expected).toEqual([129, 162]);
    expect(words.complaintsOf('/videos/a.mp4')).toBe('[h264] broken at /videos/a.mp4; no more');
  }
});

test('nobody knows how many frames a video gives that says nothing of its length, or of its rate', () => {
  const words = new FfmpegWords();
  words.hear('[info]   Duration: N/A, start: 0.000000, bitrate: N/A\n');
  expect(words.expectedFrames({ per_second: 2 })).toBeNull();
  words.hear('[info]   Duration: 00:00:04.00, start: 0.000000\n');

  expect([words.expectedFrames({ per_second: 2 }), words.expectedFrames({ every: 2 })]).toEqual([8, null]);
  expect([words.reason(), words.complaintsOf('a.mp4')]).toEqual([null, '']);
});

test.skipIf(!hasFfmpeg)('each frame is told with how many there will be (with ffmpeg)', async () => {
  const video = makeVideo('a.mp4', pattern(3), USUAL);
  const told = async (choice: { readonly every: number } | { readonly per_second: number }) => {
    const all: FramesTaken[] = [];
    await extractFrames(video, { choice, folder: tempFolder(), onFrames: (taken) => all.push(taken) });
    return all.map(({ done, total }) => `${done}/${total}`);
  };

  expect(await told({ per_second: 2 })).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
  expect(await told({ every: 10 })).toEqual(['1/3', '2/3', '3/3']);
});
