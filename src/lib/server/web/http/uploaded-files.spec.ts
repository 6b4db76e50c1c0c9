import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sentFiles } from '#lib/server/attachments/stored-files.ts';
import { uploadFolder, UPLOAD_HEADER } from '#lib/server/uploads/upload-header.ts';
import { testEnvironment } from '#lib/dev/testing/environment.ts';
import { asForm } from './error-responses.ts';
import { readForm } from './form.ts';

let dataDir = '';
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'spatula-uploaded-'));
	testEnvironment(dataDir);
});
afterAll(() => rm(dataDir, { recursive: true }));

/** A form as the entry passes it on: with placeholders that contain the numbers of their files. */
function requestFromEntry(upload: string): Request {
	const form = new FormData();
	form.set('body', 'Kursi patah.');
	for (const number of [0, 1])
		form.append('file', new File([String(number)], `foto-${number}.jpg`, { type: 'image/jpeg' }));
	return new Request('http://x/', { method: 'POST', headers: { [UPLOAD_HEADER]: upload }, body: form });
}

describe('the files of a form that the entry has received', () => {
	it('are read from disk under their own names', async () => {
		const id = 'f3b9a1de-8f0c-4d60-a5a5-0d2b9d7b6b0a';
		await mkdir(uploadFolder(dataDir, id), { recursive: true });
		for (const number of [0, 1]) await writeFile(join(uploadFolder(dataDir, id), String(number)), `content ${number}`);
		const { files } = await readForm(requestFromEntry(`stored ${id}`));
		expect(files.map(({ size }) => size)).toEqual([9, 9]);
		const sent = await sentFiles(files);
		expect(sent.map(({ name, type, bytes }) => [name, type, Buffer.from(bytes).toString()])).toEqual([
			['foto-0.jpg', 'image/jpeg', 'content 0'],
			['foto-1.jpg', 'image/jpeg', 'content 1']
		]);
	});

	it.each([
		['busy', 503, 'file_busy'],
		['slow', 503, 'file_slow'],
		['no_room', 507, 'file_no_room'],
		['too_large', 413, 'files_too_large']
	])('that it dropped (%s) show the form again with its text (%i)', async (reason, status, code) => {
		const { typed, files } = await readForm(requestFromEntry(`refused ${reason}`));
		expect(files.map(({ name }) => name)).toEqual(['foto-0.jpg', 'foto-1.jpg']);
		const response = await asForm(typed, () => sentFiles(files));
		expect(response).toMatchObject({
			status,
			data: { typed: { body: 'Kursi patah.' }, issues: [{ path: 'file', code }] }
		});
		expect((response as { data: { issues: { message: string }[] } }).data.issues[0]?.message).toMatch(/Tulisan Anda/);
		await expect(files[0]?.text()).rejects.toMatchObject({ name: 'FilesRefused' });
	});

	it('with too much text give an error page (413)', async () => {
		await expect(readForm(requestFromEntry('refused too_much'))).rejects.toMatchObject({ status: 413 });
	});
});
