import { expect, test } from 'vitest';
import { isOtherKind } from './photos.client.ts';

test.each([
	['application/vnd.openxmlformats-officedocument.wordprocessingml.document', true],
	['text/plain', true],
	['video/mp4', true],
	['audio/ogg', true],
	['image/jpeg', false],
	['image/heic', false],
	['application/pdf', false],
	['application/x-pdf', false],
	['application/octet-stream', false],
	['', false]
])('a file of the type "%s" is refused when it is chosen: %s', (type, refused) => {
	expect(isOtherKind({ type })).toBe(refused);
});
