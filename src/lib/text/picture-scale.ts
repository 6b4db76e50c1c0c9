/** Longest side of a stored picture, in pixels. */
const LONG_SIDE = 2048;
/** Pixels; a longer picture, such as a screenshot of a whole chat, may keep this width, at which its words can be read. */
const NARROW_SIDE = 1080;
/** Pixels of the whole picture and of its longest side, so that each browser can draw it. */
const MOST_PIXELS = 12_000_000;
const LONGEST_SIDE = 16_000;

/**
 * The factor by which a picture is made smaller, at most 1. The site stores no larger pictures, and phones send no larger
 * ones.
 */
export function pictureScale(width: number, height: number): number {
	const [long, narrow] = [Math.max(width, height), Math.min(width, height)];
	const readable = Math.min(NARROW_SIDE / narrow, Math.sqrt(MOST_PIXELS / (width * height)), LONGEST_SIDE / long);
	return Math.min(1, Math.max(LONG_SIDE / long, readable));
}
