import { beforeAll, expect, it } from 'vitest';
import { chooseNotices, NOTICE_CHOICES, ownNoticeChoices } from './notice-choices.ts';
import { notify } from './notices.ts';
import { transaction } from '#lib/server/db/index.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { NoticeKind } from '#lib/words/notices.ts';
import { makeActor, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { emailsTo, noticesTo, giveEmailAddress } from '#lib/dev/testing/notices.ts';

useMailServer();

let unitId: string;
beforeAll(async () => {
	unitId = (await makeUnit()).id;
});

const notifyOf = (actor: Actor, kind: NoticeKind) =>
	transaction((tx) =>
		notify(tx, [actor.accountId ?? ''], { kind, occasion: 1, data: { clock: 'solution' }, page: '/desk' })
	);

it('sends switched-off kinds only as notices, and always e-mails overdue deadlines', async () => {
	const actor = await makeActor([[unitId, 'handler']]);
	const address = await giveEmailAddress(actor);
	const subjects = async () => (await emailsTo(address)).map(({ subject }) => subject).sort();
	expect((await ownNoticeChoices(actor))?.wanted).toEqual(NOTICE_CHOICES);
	await chooseNotices(actor, { wanted: ['mentioned'] });
	for (const kind of ['assigned', 'mentioned', 'clock_warning', 'clock_overdue', 'approval_passed_up'] as const)
		await notifyOf(actor, kind);
	expect(await subjects()).toEqual(['Anda disebut dalam catatan intern', 'Batas waktu terlewati']);
	expect(await noticesTo(actor)).toHaveLength(5);
	await chooseNotices(actor, { wanted: [...NOTICE_CHOICES] });
	await notifyOf(actor, 'sent_back');
	expect(await subjects()).toContain('Rancangan dikembalikan untuk diperbaiki');
});

it('offers an officer without a role only what officers get, and keeps the other choices', async () => {
	const [, officer] = await makeOfficerWithAccount(unitId, []);
	expect((await ownNoticeChoices(officer))?.choices).toEqual(['clarification']);
	await chooseNotices(officer, { wanted: [] });
	const later = { ...officer, units: { ...officer.units, handler: [unitId] } };
	expect(await ownNoticeChoices(later)).toMatchObject({
		choices: NOTICE_CHOICES,
		wanted: NOTICE_CHOICES.filter((choice) => choice !== 'clarification')
	});
});

it('refuses to switch off an e-mail that is always sent', async () => {
	const actor = await makeActor([[unitId, 'handler']]);
	const attempt = chooseNotices(actor, { wanted: ['clock_overdue'] });
	await expect(attempt).rejects.toMatchObject({ name: 'Invalid' });
});
