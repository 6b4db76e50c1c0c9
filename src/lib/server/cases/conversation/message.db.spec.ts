import { beforeEach, expect, test } from 'vitest';
import { makeActor, makeCase, makeUnit, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { lastEntry, readCase, story } from '#lib/dev/testing/office.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { peopleToMention, writeMessage } from './message.ts';
import { deskCase } from '../view.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

let reference: string;
beforeEach(async () => {
	({ reference } = await makeCase(office.unit));
});

const note = (body: string, more: Record<string, unknown> = {}) =>
	writeMessage(office.handler, reference, { body, public: false, ...more }, { files: [] });
const mentions = async () => (await lastEntry(reference, 'note'))?.data.mentions;
const usernameOf = (actor: Actor) => actor.name.replace('Akun Contoh ', 'akun');

test('a note stores the mentioned accounts, and the case page shows their names', async () => {
	const { supervisor } = office;
	const username = usernameOf(supervisor);
	await note(`Mohon dicek, @${username}.`);
	expect(await mentions()).toEqual([supervisor.accountId]);
	const [said] = (await deskCase(office.handler, reference)).conversation;
	expect(said).toMatchObject({ public: false, mentioned: [{ username, name: supervisor.name }] });
});

test('a repeated call with its submission id stores one message, and refuses other content or an unknown reader', async () => {
	const call = (more: Record<string, unknown> = {}) =>
		writeMessage(office.handler, reference, {
			body: 'Kami cek dulu.',
			public: true,
			submission_id: 'panggilan-1',
			version: 1,
			...more
		});
	const first = await call();
	expect(await call()).toMatchObject({ id: first.id, version: first.version });
	expect(await story(reference)).toEqual(['opened', 'message']);
	for (const other of [{ body: 'Sudah kami cek.' }, { public: false }])
		await expect(call(other)).rejects.toMatchObject({ code: 'submission-reused' });
	const photo = {
		name: 'loket.png',
		type: 'image/png',
		bytes: new Uint8Array(await fourColourImage().png().toBuffer())
	};
	const again = { body: 'Kami cek dulu.', public: true, submission_id: 'panggilan-1', version: 1 };
	await expect(writeMessage(office.handler, reference, again, { files: [photo] })).rejects.toMatchObject({
		present: { reason: 'said_before' }
	});
	await expect(call({ submission_id: 'panggilan-2' })).rejects.toMatchObject({ code: 'stale' });
	await call({ submission_id: 'panggilan-2', version: undefined });
	const issues = [{ path: 'public', code: 'public_missing' }];
	await expect(call({ submission_id: 'panggilan-3', version: undefined, public: undefined })).rejects.toMatchObject({
		issues
	});
	expect(await story(reference)).toEqual(['opened', 'message', 'message']);
});

test('a person picked from the list is mentioned once, as if typed, and the writer is never mentioned', async () => {
	const { supervisor, handler, rootSupervisor } = office;
	const picked = [usernameOf(rootSupervisor), usernameOf(supervisor)];
	await note(`Untuk @${usernameOf(supervisor)} dan saya, @${usernameOf(handler)}.`, { mention: picked });
	expect([...((await mentions()) as string[])].sort()).toEqual([supervisor.accountId, rootSupervisor.accountId].sort());
	const [said] = (await deskCase(handler, reference)).conversation;
	expect(said?.body).toMatch(new RegExp(`\\n\\n@${usernameOf(rootSupervisor)}$`));
});

test('refuses a mention of a person who may not see the case in the same way as an unknown name', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const elsewhere = await makeActor([[(await makeUnit()).id, 'handler']]);
	({ reference } = await makeCase(office.unit, { officer: officer.id }));
	for (const username of [usernameOf(named), usernameOf(elsewhere), 'tidak.ada']) {
		await expect(note(`Halo @${username}`)).rejects.toMatchObject({
			issues: [{ path: 'body', code: 'mention_unseen', params: { names: `@${username}` } }]
		});
	}
	expect(await story(reference)).toEqual(['opened']);
	const offered = (await peopleToMention(office.handler, await readCase(reference))).map(({ username }) => username);
	expect(offered.sort()).toEqual([usernameOf(office.supervisor), usernameOf(office.rootSupervisor)].sort());
});

test('a note on a restricted case can mention only its supervisors', async () => {
	({ reference } = await makeCase(office.unit, { category: 'integrity' }));
	const offered = await peopleToMention(office.rootSupervisor, await readCase(reference));
	expect(offered).toEqual([]);
	await expect(
		writeMessage(
			office.rootSupervisor,
			reference,
			{ body: `@${usernameOf(office.handler)}`, public: false },
			{ files: [] }
		)
	).rejects.toMatchObject({ issues: [{ code: 'mention_unseen' }] });
});

test('a public message mentions nobody, and in an API note an unknown name stays plain text', async () => {
	await writeMessage(
		office.handler,
		reference,
		{ body: `Halo @${usernameOf(office.supervisor)}`, public: true },
		{ files: [] }
	);
	expect((await lastEntry(reference, 'message'))?.data.mentions).toBeUndefined();
	await expect(
		writeMessage(
			office.handler,
			reference,
			{ body: 'Kami periksa.', public: true, mention: usernameOf(office.supervisor) },
			{ files: [] }
		)
	).rejects.toMatchObject({ issues: [{ path: 'mention', code: 'mention_public' }] });
	const both = `@bps.sulbar dan @${usernameOf(office.supervisor)}`;
	await writeMessage(office.handler, reference, { body: both, public: false });
	expect(await mentions()).toEqual([office.supervisor.accountId]);
});
