import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { joinPage, splitPage } from './split-page.ts';

const first = { nonce: 'aGVsbG8gd29ybGQhISEhIQ==', submissionId: '4a1c-first', opened: 'sealed.first' };
const next = { nonce: 'bmV4dCBub25jZSAhISEhIQ==', submissionId: '5b2d-next', opened: 'sealed.next' };

const pageWith = ({ nonce, submissionId, opened }: typeof first) =>
	`<style nonce="${nonce}">a{}</style><form><input value="${submissionId}"><input value="${opened}">` +
	`<p>${'Pelayanan é ✓ '.repeat(500)}</p></form><script nonce="${nonce}"></script>`;
const headersWith = ({ nonce }: typeof first) =>
	new Headers({
		'content-security-policy': `default-src 'self'; style-src 'self' 'nonce-${nonce}'`,
		'content-type': 'text/html',
		'content-length': '1',
		etag: '"first"'
	});
const { nonce: _, ...hidden } = first;
const split = () => splitPage(pageWith(first), headersWith(first), hidden);

test.each([false, true])('joins a page with the values of another request, gzip %s', async (gzip) => {
	const page = split();
	if (!page) throw new Error('not split');
	const response = joinPage(page, next, { gzip });
	const body = Buffer.from(await response.arrayBuffer());
	expect(String(gzip ? gunzipSync(body) : body)).toBe(pageWith(next));
	expect(Object.fromEntries(response.headers)).toEqual({
		'content-security-policy': headersWith(next).get('content-security-policy'),
		'content-type': 'text/html',
		'content-length': String(body.length),
		...(gzip ? { 'content-encoding': 'gzip' } : {})
	});
	expect(JSON.stringify([...response.headers]) + String(body)).not.toContain(first.nonce);
});

test('a page without a form has a nonce only', async () => {
	const page = splitPage(`<style nonce="${first.nonce}"></style>`, headersWith(first), undefined);
	expect(page?.hasForm).toBe(false);
	const response = page && joinPage(page, { nonce: next.nonce }, { gzip: false });
	expect(await response?.text()).toBe(`<style nonce="${next.nonce}"></style>`);
});

test('a page without a nonce is not split', () => {
	expect(splitPage('<p></p>', new Headers({ 'content-security-policy': "style-src 'self'" }), hidden)).toBeUndefined();
	expect(splitPage('<p></p>', new Headers(), hidden)).toBeUndefined();
});
