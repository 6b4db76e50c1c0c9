/** Heap and memory at one moment, in megabytes. */
export interface Sample {
	seconds: number;
	heapMb: number;
	rssMb: number;
}

const WIDTH = 900;
const HEIGHT = 360;
const MARGIN = 50;
/** Megabytes between two lines of the scale. */
const SCALE_MB = 100;

/** Draws the samples as an SVG: memory of the process, and heap after each collection. */
export function graphOf(title: string, samples: readonly Sample[]): string {
	const lastSecond = samples.at(-1)?.seconds ?? 1;
	const mostMb = Math.ceil(Math.max(...samples.map(({ rssMb }) => rssMb)) / SCALE_MB) * SCALE_MB;
	const x = (seconds: number) => (MARGIN + (seconds / lastSecond) * (WIDTH - 2 * MARGIN)).toFixed(1);
	const y = (mb: number) => (HEIGHT - MARGIN - (mb / mostMb) * (HEIGHT - 2 * MARGIN)).toFixed(1);
	const curve = (of: (sample: Sample) => number, colour: string) =>
		`<polyline fill="none" stroke="${colour}" stroke-width="2" points="${samples.map((one) => `${x(one.seconds)},${y(of(one))}`).join(' ')}"/>`;
	const scale = Array.from({ length: mostMb / SCALE_MB + 1 }, (_, index) => index * SCALE_MB).map(
		(mb) =>
			`<path d="M${MARGIN} ${y(mb)}H${WIDTH - MARGIN}" stroke="#ddd"/><text x="${MARGIN - 6}" y="${y(mb)}" text-anchor="end">${mb}</text>`
	);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
		`<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
		`<text x="${MARGIN}" y="20">${title}, MB; grey: process, blue: heap after collection; ${Math.round(lastSecond / 60)} minutes</text>`,
		...scale,
		curve(({ rssMb }) => rssMb, '#888'),
		curve(({ heapMb }) => heapMb, '#06c'),
		'</svg>\n'
	].join('\n');
}
