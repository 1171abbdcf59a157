/**
 * The few facts of a JPEG header that decide how it is decoded. Asking libvips for them costs more than decoding a
 * small picture does.
 * Source: ITU-T T.81, annex B (markers); ICC.1:2010, annex B.4 (profiles in APP2).
 */

import { isSrgbProfile } from './icc.ts';

export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 colour, 4 CMYK. */
  readonly components: number;
  readonly hasForeignProfile: boolean;
  /** The foreign profile, when it lies in one piece. */
  readonly foreignProfile: Buffer | null;
}

const FIRST_WITH_LENGTH = 0xc0;
const START_OF_SCAN = 0xda;
const PADDING = 0xff;
const APP2 = 0xe2;
const PROFILE_TAG = 'ICC_PROFILE\0';

/** The header of an 8-bit JPEG, or null for anything unusual, which the decoder itself should look at. */
export function readJpegHeader(bytes: Buffer): JpegHeader | null {
  let hasForeignProfile = false;
  let foreignProfile: Buffer | null = null;
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    const length = bytes.readUInt16BE(at + 2);
    if (marker < FIRST_WITH_LENGTH || marker === START_OF_SCAN || marker === PADDING || length < 2) return null;
    if (isStartOfFrame(marker)) {
      if (bytes[at + 4] !== 8) return null;
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
      if (width === 0 || height === 0) return null;
      return { width, height, components: bytes[at + 9]!, hasForeignProfile, foreignProfile };
    }
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (marker === APP2 && segment.toString('latin1', 0, PROFILE_TAG.length) === PROFILE_TAG) {
      const isWhole = segment[PROFILE_TAG.length + 1] === 1; // one segment; larger profiles are never plain sRGB
      const profile = segment.subarray(PROFILE_TAG.length + 2);
      hasForeignProfile = !isWhole || !isSrgbProfile(profile);
      foreignProfile = isWhole && hasForeignProfile ? profile : null;
    }
    at += 2 + length;
  }
  return null;
}

/** SOF0 to SOF15 without the three that are tables (DHT, JPG, DAC). */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}
