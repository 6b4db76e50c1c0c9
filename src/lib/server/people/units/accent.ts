/** WCAG 2.2, 1.4.3: the least contrast of text with its ground. The accent is both, white letters on it and it on white. */
const LEAST_CONTRAST = 4.5;

/** WCAG's relative luminance of an sRGB colour `#rrggbb`: 0 for black, 1 for white. */
function luminance(colour: string): number {
	const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
		const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
		return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of a colour `#rrggbb` with white, 1 to 21. */
export function contrastWithWhite(colour: string): number {
	return 1.05 / (luminance(colour) + 0.05);
}

/** Whether white text can be read on the colour. */
export function carriesWhiteText(colour: string): boolean {
	return contrastWithWhite(colour) >= LEAST_CONTRAST;
}
