import sharp from 'sharp';
import type { SentFile } from '#lib/server/attachments/stored-files.ts';

const WIDTH = 1280;
const HEIGHT = 960;

/** A rectangle of a drawing, with position and size in pixels. */
const box = (x: number, y: number, width: number, height: number, fill: string, more = '') =>
	`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" ${more}/>`;
const disc = (x: number, y: number, radius: number, fill: string) =>
	`<circle cx="${x}" cy="${y}" r="${radius}" fill="${fill}"/>`;
const each = (count: number, draw: (index: number) => string) =>
	Array.from({ length: count }, (_, index) => draw(index)).join('');

const background = (wall: string, floor: string) =>
	`<defs><linearGradient id="wall" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${wall}"/>` +
	`<stop offset="1" stop-color="#ffffff"/></linearGradient></defs>${box(0, 0, WIDTH, 640, 'url(#wall)')}` +
	box(0, 640, WIDTH, 320, floor);

const person = (x: number, coat: string) =>
	box(x - 44, 470, 88, 190, coat, 'rx="36"') + disc(x, 430, 44, '#8d5f3c') + box(x - 34, 650, 68, 120, '#37404a');

const COATS = ['#2f6f8f', '#a34a3c', '#4d7a3a', '#7b5a99', '#b07a1f'];

/** Drawings instead of real photos: a few shapes each, enough to show what a report is about. */
const DRAWINGS = {
	/** A queue in front of one open and one closed counter. */
	queue: () =>
		background('#d9e4ea', '#b9a88f') +
		box(60, 300, 360, 360, '#6b4f36') +
		box(470, 300, 360, 360, '#6b4f36') +
		box(110, 240, 260, 130, '#fdf6e3') +
		box(520, 240, 260, 130, '#4a4a4a') +
		each(5, (index) => person(560 + index * 140, COATS[index] ?? '#2f6f8f')),
	/** Chairs in a row, one of them broken. */
	chairs: () =>
		background('#e9e2d3', '#8fa3a0') +
		each(5, (index) => {
			const x = 90 + index * 230;
			const seat = box(x, 560, 170, 40, '#1f6f8b') + box(x, 380, 170, 150, '#1f6f8b', 'rx="18"');
			const legs = box(x + 14, 600, 16, 180, '#333') + (index === 3 ? '' : box(x + 140, 600, 16, 180, '#333'));
			return index === 3 ? `<g transform="rotate(12 ${x + 85} 640)">${seat}${legs}</g>` : seat + legs;
		}),
	/** Shelves of publications with a gap. */
	shelf: () =>
		background('#efe6d8', '#7a6a58') +
		each(3, (row) => {
			const y = 90 + row * 190;
			const books = each(18, (index) => {
				const gap = row === 1 && index > 5 && index < 12;
				const tall = 110 + ((index * 37 + row * 23) % 40);
				const x = 130 + index * 57;
				return gap ? '' : box(x, y + 150 - tall, 46, tall, COATS[(index + row) % COATS.length] ?? '#2f6f8f');
			});
			return books + box(100, y + 150, 1080, 18, '#5b4632');
		}),
	/** A puddle in front of the door. */
	puddle: () =>
		background('#dfe8dc', '#c9c2b4') +
		box(480, 160, 300, 480, '#6d4c33') +
		disc(740, 410, 14, '#e0c060') +
		'<ellipse cx="640" cy="790" rx="380" ry="90" fill="#7fa7bd" opacity="0.8"/>' +
		'<ellipse cx="560" cy="770" rx="120" ry="26" fill="#c9dde6" opacity="0.9"/>',
	/** A form from the suggestion box, filled in by hand. */
	paper: () =>
		box(0, 0, WIDTH, HEIGHT, '#6f5a45') +
		`<g transform="rotate(-3 640 480)">${box(290, 60, 700, 840, '#fbfaf4')}` +
		each(15, (line) => {
			const y = 160 + line * 46;
			const end = line % 4 === 3 ? 620 : 900;
			const wave = each(Math.floor((end - 350) / 50), (step) => `q 12 ${step % 2 ? 16 : -18} 25 0 t 25 0 `);
			return `<path d="M350 ${y} ${wave}" fill="none" stroke="#27406b" stroke-width="5" stroke-linecap="round"/>`;
		}) +
		'</g>',
	/** A screen that shows an error instead of a table. */
	screen: () =>
		background('#dcdfe6', '#a89a86') +
		box(240, 130, 800, 500, '#23272e', 'rx="20"') +
		box(275, 165, 730, 430, '#f4f6f8') +
		box(275, 165, 730, 60, '#0b5cad') +
		each(6, (row) => box(310, 270 + row * 50, 660, 24, row === 2 ? '#d0342c' : '#d6dce3')) +
		box(590, 630, 100, 90, '#23272e') +
		box(480, 715, 320, 26, '#23272e')
} satisfies Record<string, () => string>;

export type PhotoName = keyof typeof DRAWINGS;
export const PHOTO_NAMES = Object.keys(DRAWINGS) as PhotoName[];

const drawn = new Map<PhotoName, Promise<SentFile>>();

/** A drawing as a JPEG file, as a phone would send it. */
export function photo(name: PhotoName): Promise<SentFile> {
	const cached = drawn.get(name);
	if (cached) return cached;
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${DRAWINGS[name]()}</svg>`;
	const file = sharp(Buffer.from(svg))
		.flatten({ background: '#ffffff' })
		.jpeg({ quality: 85 })
		.toBuffer()
		.then((bytes) => ({ name: `foto-${name}.jpg`, type: 'image/jpeg', bytes: new Uint8Array(bytes) }));
	drawn.set(name, file);
	return file;
}
