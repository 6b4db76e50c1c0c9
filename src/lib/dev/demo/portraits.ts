import sharp from 'sharp';
import type { SentFile } from '#lib/server/attachments/stored-files.ts';

const SIDE = 480;
const SKINS = ['#e0ac86', '#c98d63', '#a9724a', '#d39a72'];
const SHIRTS = ['#1f5f8b', '#8c3b3b', '#3f6b4f', '#6a4c7d', '#96702a'];
const WALLS = ['#dbe7ee', '#efe3d3', '#e1ebdd', '#ebe0ea'];
const SCARVES = ['#33658a', '#86504f', '#4f7259', '#5d5573', '#b08968'];
const HAIR = '#2b211d';

/** Heads of hair and scarves, drawn in front of the face. */
const HEADS = [
	/** A scarf that leaves the face free. */
	(scarf: string) =>
		`<path fill="${scarf}" fill-rule="evenodd" d="M240 76c-82 0-124 62-122 140 1 66-6 120-34 170 60 42 250 42 312 0-28-50-35-104-34-170
		2-78-40-140-122-140zm0 54c52 0 78 38 78 92 0 62-34 108-78 108s-78-46-78-108c0-54 26-92 78-92z"/>`,
	/** Short hair, combed to one side. */
	() =>
		`<path fill="${HAIR}" d="M146 226c-16-92 24-142 98-142 72 0 108 50 92 142-8-6-10-40-16-62-44 12-98 4-126-26-10 24-38 30-48 88z"/>`,
	/** Hair to the shoulders. */
	() =>
		`<path fill="${HAIR}" d="M142 330c-24-30-22-86-16-130 8-74 50-116 114-116s106 42 114 116c6 44 8 100-16 130-14 4-26 2-34-4 22-54 22-104
		0-164-46 8-92-6-112-26-14 42-42 92-16 190-8 6-20 8-34 4z"/>`,
	/** Very short, curly hair. */
	() =>
		`<path fill="${HAIR}" d="M150 210c-22-14-10-44 0-54 0-30 26-48 44-48 14-22 44-26 60-16 24-12 54 2 60 22 24 6 34 32 26 50 10 18 6 40-10 46
		2-30-12-54-34-58-40-6-84-6-118 2-18 8-28 28-28 56z"/>`
];

const pick = <Value>(values: readonly Value[], index: number): Value => {
	const value = values[index % values.length];
	if (value === undefined) throw new Error('nothing to pick from');
	return value;
};

/** A drawn portrait of the officer with that number, as a JPEG file. */
export async function portrait(number: number): Promise<SentFile> {
	const skin = pick(SKINS, Math.floor(number / 3));
	const head = pick(HEADS, number);
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}" viewBox="50 50 380 380">
		<rect width="${SIDE}" height="${SIDE}" fill="${pick(WALLS, number * 7 + 2)}"/>
		<path fill="${pick(SHIRTS, number)}" d="M30 480c4-84 70-124 138-132h144c68 8 134 48 138 132z"/>
		<path fill="#ffffff" d="M190 346l50 70 50-70-14-12h-72z"/>
		<path fill="${skin}" d="M200 290h80v64c-14 26-66 26-80 0z"/>
		<ellipse cx="240" cy="222" rx="86" ry="106" fill="${skin}"/>
		<g fill="none" stroke="${HAIR}" stroke-width="7" stroke-linecap="round">
			<path d="M190 196q16-12 32 0M258 196q16-12 32 0M208 272q32 28 64 0"/>
			<path d="M240 226q8 16-4 20" stroke-width="4" opacity="0.5"/>
		</g>
		<circle cx="206" cy="220" r="8" fill="${HAIR}"/><circle cx="274" cy="220" r="8" fill="${HAIR}"/>
		${head(pick(SCARVES, number * 2 + 1))}
	</svg>`;
	const bytes = await sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toBuffer();
	return { name: `petugas-${number}.jpg`, type: 'image/jpeg', bytes: new Uint8Array(bytes) };
}
