import { encode } from 'uqr';

/** A QR code as one SVG path with a viewBox of `side` by `side`, including the quiet zone of four modules. */
export function qrPath(text: string): { side: number; d: string } {
	const { data } = encode(text, { ecc: 'M', border: 4 });
	const rows = data.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join(''));
	return { side: data.length, d: rows.join('') };
}
