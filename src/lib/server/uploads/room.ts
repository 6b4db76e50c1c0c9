import { diskSpace } from '#lib/server/disk-space.ts';

/** Bytes that may be written before the disk is asked again. */
const STEP = 1024 * 1024;

/**
 * Counts what one upload writes against the disk reserve.
 *
 * @returns a function that says whether `bytes` more may be written to `folder` and leave `reserve` bytes free
 */
export function roomFor(folder: string, reserve: number): (bytes: number) => Promise<boolean> {
	let granted = 0;
	return async (bytes) => {
		if (granted < bytes) {
			const { free } = await diskSpace(folder);
			if (free - reserve < bytes + STEP) return false;
			granted = bytes + STEP;
		}
		granted -= bytes;
		return true;
	};
}
