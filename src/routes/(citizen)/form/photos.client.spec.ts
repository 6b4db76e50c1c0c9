import { expect, test } from 'vitest';
import { refusalOf, shortName } from './photos.client.ts';

const MEGABYTE = 1024 * 1024;
const LIMITS = { max: '5', bytes: `${10 * MEGABYTE}`, pdfBytes: `${8 * MEGABYTE}` };

test.each([
	['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'other'],
	['text/plain', 'other'],
	['video/mp4', 'other'],
	['audio/ogg', 'other'],
	['image/jpeg', undefined],
	['image/heic', undefined],
	['application/pdf', undefined],
	['application/x-pdf', undefined],
	['application/octet-stream', undefined],
	['', undefined]
])('a file of the type "%s" is refused when it is chosen as: %s', (type, refusal) => {
	expect(refusalOf({ type, size: 1 }, 0, LIMITS)).toBe(refusal);
});

test.each([
	['application/pdf', 8, 0, undefined],
	['application/pdf', 9, 0, 'large'],
	['application/octet-stream', 9, 0, undefined],
	['image/gif', 10, 4, undefined],
	['image/gif', 11, 4, 'large'],
	['image/jpeg', 1, 5, 'many']
])(
	'a file of the type "%s" with %i MB after %i others is refused when it is chosen as: %s',
	(type, size, count, refusal) => {
		expect(refusalOf({ type, size: size * MEGABYTE }, count, LIMITS)).toBe(refusal);
	}
);

test('a long file name is shown without its middle', () => {
	expect(shortName('IMG-20261130-WA0001.jpg')).toBe('IMG-20261130-WA0001.jpg');
	expect(shortName(`Ruang tunggu yang penuh${' sekali'.repeat(30)} 1.jpeg`)).toBe('Ruang tunggu yang pe…ali 1.jpeg');
});
