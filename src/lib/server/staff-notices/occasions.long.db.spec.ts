import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { askReporter } from '#lib/server/cases/conversation/message.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { answerQuestion, askOfficer, ownQuestions } from '#lib/server/cases/officers/clarifications.ts';
import { queueMail } from '#lib/server/channels/mail-queue.ts';
import { setQuietHours } from '#lib/server/channels/push/quiet-hours.ts';
import { addDevice } from '#lib/server/channels/push/subscriptions.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { connections } from '#lib/server/db/schema/channels.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { rosterShifts, units } from '#lib/server/db/schema/units.ts';
import { withDiskSpace } from '#lib/server/disk-space.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { toStuck, toUnknown } from '#lib/server/escalation/delivery/after-attempt.ts';
import { lockEscalation } from '#lib/server/escalation/rows.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeCase, makeOfficerWithAccount, makePlace } from '#lib/dev/testing/factories.ts';
import { makeConnection } from '#lib/dev/testing/channels/incoming.ts';
import { forwardedCase } from '#lib/dev/testing/lapor.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { emailsTo, giveEmailAddress, markAbsent, noticesTo, notifyOfTimeline } from '#lib/dev/testing/notices.ts';
import { ANSWER, atTime, bringTo, on, readCase } from '#lib/dev/testing/office.ts';
import type { TestBrowser } from '#lib/dev/testing/channels/push-service.ts';
import { deliver, kindsOf, usePushService } from '#lib/dev/testing/channels/use-push-service.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { sweepDueNotices } from './new-cases.ts';
import { notifyOfTrouble } from './site-trouble.ts';
import { sweepClocks } from './deadlines.ts';

const office = useOffice();
useMailServer();
const service = usePushService();

// Thursday, 10:00 in Makassar.
const TEN = '2026-11-26T02:00:00Z';

/** The officer whom every case names, and another one, who handles cases. */
let officer: { id: string };
let colleague: { id: string };
type Name = 'handler' | 'colleague' | 'supervisor' | 'above' | 'named' | 'admin' | 'localAdmin';
let people: Record<Name, Actor>;
const addresses = new Map<Actor, string>();
const browsers = new Map<Actor, TestBrowser>();
beforeEach(async () => {
	const [made, named] = await makeOfficerWithAccount(office.unit.id);
	const [second, other] = await makeOfficerWithAccount(office.unit.id);
	[officer, colleague] = [made, second];
	people = {
		handler: office.handler,
		colleague: other,
		supervisor: office.supervisor,
		above: office.rootSupervisor,
		named,
		admin: await makeActor([[office.root.id, 'admin']]),
		localAdmin: await makeActor([[office.unit.id, 'admin']])
	};
	for (const person of Object.values(people)) {
		addresses.set(person, await giveEmailAddress(person));
		const browser = service().browser();
		browsers.set(person, browser);
		await addDevice(person, { device: 'Ponsel', ...browser });
		await setQuietHours(person, { begins: '00:00', ends: '00:00' });
	}
});

const open = async (changes: Record<string, unknown> = {}) => {
	const { reference } = await makeCase(office.unit, { officer: officer.id, ...changes });
	return reference;
};
const inProgress = async () => {
	const reference = await open();
	await bringTo(office, reference, 'in_progress');
	return reference;
};
const draft = async () => {
	const reference = await inProgress();
	await answerCase(office.handler, reference, await on(reference, { body: ANSWER }));
	return reference;
};
const id = async (reference: string) => (await readCase(reference)).id;
type Told = Partial<Record<Name, string[]>>;

const GIGABYTE = 1024 ** 3;
/** The sweep for trouble of the site, with so many bytes free on the disk. */
const sweepTrouble = (free = 30 * GIGABYTE) => withDiskSpace(() => ({ free, size: 40 * GIGABYTE }), notifyOfTrouble);

const opened = async (changes: Record<string, unknown> = {}) =>
	notifyOfTimeline(await open(changes), { opening: true });
const forwarded = () => forwardedCase({ ...office, actor: office.handler }, {}, { officer: officer.id });

/** Occasions of a case or of the site. The second column says who gets which notice; `noEmail`: not by e-mail. */
const OCCASIONS: Record<string, [happen: () => Promise<string | void>, told: Told, noEmail?: true]> = {
	'a new case without an assignee, in an office without a roster': [
		opened,
		{ handler: ['new_case'], colleague: ['new_case'] }
	],
	'a new case in an office with a roster': [
		async () => {
			const { id: placeId } = await makePlace(office.unit.id, { kind: 'desk' });
			await db()
				.insert(rosterShifts)
				.values({ placeId, officerId: colleague.id, weekday: 4, startsAt: '13:00', endsAt: '15:00' });
			await opened();
		},
		{ colleague: ['new_case'] }
	],
	'a new case while all handlers are absent': [
		async () => {
			await markAbsent(people.handler);
			await markAbsent(people.colleague);
			await opened();
		},
		{ supervisor: ['new_case'] }
	],
	'not verified after one working day': [
		async () => {
			await opened();
			await atTime('2026-11-27T08:00:00Z', sweepDueNotices);
		},
		{ handler: ['new_case'], colleague: ['new_case'], supervisor: ['unverified'] }
	],
	'an integrity case': [() => opened({ category: 'integrity' }), { above: ['new_case'] }],
	'a case about the head': [
		async () => {
			await db().update(units).set({ headOfficerId: officer.id }).where(eq(units.id, office.unit.id));
			await opened();
		},
		{ above: ['new_case'] }
	],
	assigned: [
		async () => {
			const reference = await open();
			await assignCase(office.supervisor, reference, await on(reference, { assignee: office.handler.accountId }));
			return reference;
		},
		{ handler: ['assigned'] }
	],
	'a reply of the reporter': [
		async () => {
			const reference = await inProgress();
			await writeToOffice(await id(reference), { body: 'Kejadiannya hari Senin.' });
			return reference;
		},
		{ handler: ['message'] }
	],
	'a reply of the reporter to a question': [
		async () => {
			const reference = await inProgress();
			await askReporter(office.handler, reference, await on(reference, { body: 'Tanggal berapa kejadiannya?' }));
			await writeToOffice(await id(reference), { body: 'Kejadiannya hari Senin.' });
			return reference;
		},
		{ handler: ['info_given'] }
	],
	'a dispute': [
		async () => {
			const reference = await open();
			await bringTo(office, reference, 'answered');
			await submitObjection(await id(reference), { body: 'Belum menjawab pertanyaan saya.' });
			return reference;
		},
		{ handler: ['disputed'] }
	],
	'a clarification': [
		async () => {
			const reference = await inProgress();
			const question = 'Bagaimana urutan layanan di loket dua pada Senin pagi yang lalu?';
			await askOfficer(office.handler, reference, await on(reference, { officer: officer.id, question }));
			const [asked] = await ownQuestions(people.named);
			await answerQuestion(people.named, asked?.id ?? '', { answer: 'Satu per satu, menurut nomor antrean.' });
			return reference;
		},
		{ handler: ['clarification_given'] }
	],
	'an approval that waits': [draft, { supervisor: ['approval_wanted'] }],
	'a draft that was sent back': [
		async () => {
			const reference = await draft();
			const input = { decision: 'send_back', reason: 'Sebutkan tanggalnya.' };
			await decideDraft(office.supervisor, reference, await on(reference, input));
			return reference;
		},
		{ handler: ['sent_back'] }
	],
	'warning, alert and overdue of a deadline': [
		async () => {
			await atTime('2026-11-24T02:00:00Z', async () => {
				await bringTo(office, await open({ kind: 'suggestion' }), 'in_progress');
			});
			for (const moment of ['2026-11-30T00:00:00Z', '2026-12-01T00:00:00Z', '2026-12-01T08:01:00Z'])
				await atTime(moment, sweepClocks);
		},
		{ handler: ['clock_warning', 'clock_alert', 'clock_overdue'], supervisor: ['clock_overdue'] }
	],
	'a message that did not reach the reporter': [
		async () => {
			const reference = await inProgress();
			const caseId = await id(reference);
			await transaction(async (tx) => {
				const { row } = await lockCase(tx, caseId);
				await recordEvent(tx, row, { type: 'undelivered', author: 'system', public: false });
			});
			return reference;
		},
		{ handler: ['undelivered'] }
	],
	'an uncertain forward': [
		async () => {
			const { row, escalation } = await forwarded();
			await transaction(async (tx) =>
				toUnknown(tx, await lockEscalation(tx, escalation.id), { code: 'timeout' }, false)
			);
			return row.reference;
		},
		{ handler: ['forward_unknown'], colleague: ['forward_unknown'], supervisor: ['forward_unknown'] }
	],
	'a forward that waits for a day': [
		async () => {
			const { row, escalation } = await atTime('2026-11-25T01:00:00Z', forwarded);
			await transaction(async (tx) => toStuck(tx, await lockEscalation(tx, escalation.id), { code: 'timeout' }));
			return row.reference;
		},
		{ handler: ['forward_stuck'], colleague: ['forward_stuck'], supervisor: ['forward_stuck'] }
	],
	'a channel that fails and is removed': [
		async () => {
			const failing = { lastError: 'lost', lastErrorAt: new Date('2026-11-26T01:00:00Z') };
			await makeConnection(office.unit);
			await db().update(connections).set(failing);
			await sweepTrouble();
			await db().delete(connections);
			await sweepTrouble();
		},
		{ admin: ['site_recovered', 'site_trouble'], localAdmin: ['site_recovered', 'site_trouble'] }
	],
	'a halted connection to LAPOR': [
		async () => {
			overrideEnv({ LAPOR_MODE: 'api', LAPOR_BASE_URL: 'http://127.0.0.1:1', LAPOR_BEARER: 'x', LAPOR_TOKEN: 'x' });
			const haltedReason = '{"code":"unauthorised"}';
			await db().insert(laporCircuits).values({ endpoint: 'connection', haltedAt: new Date(), haltedReason });
			await sweepTrouble();
			await db().delete(laporCircuits);
			overrideEnv({ LAPOR_MODE: 'manual' });
		},
		{ admin: ['site_trouble'] }
	],
	'a failed backup': [
		async () => {
			const when = new Date('2026-11-26T01:00:00Z');
			const times = { askedAt: when, seenAt: when, endedAt: when };
			await db()
				.insert(backups)
				.values({ occasion: 'schedule', state: 'failed', fault: 'other', ...times });
			await sweepTrouble();
			await db().delete(backups);
		},
		{ admin: ['site_trouble'] }
	],
	'a mail server that is away': [
		async () => {
			const mail = { kind: 'notice' as const, onceKey: 'late', subject: 'Uji', body: 'Uji.', caseId: null };
			const to = { accountId: people.admin.accountId ?? '', address: 'lain@contoh.invalid' };
			await atTime('2026-11-26T00:30:00Z', () => transaction((tx) => queueMail(tx, { ...mail, to })));
			await sweepTrouble();
		},
		{ admin: ['site_trouble'] },
		true
	],
	// Below the reserve (first notice) and too little for the next backup (second), but the database can still write.
	'a full disk': [() => sweepTrouble(100 * 1024 ** 2), { admin: ['site_trouble', 'site_trouble'] }]
};

test.each(Object.entries(OCCASIONS))(
	'%s: only the listed people hear of it, by notice, push message and usually e-mail; never the officer named',
	async (_, [happen, told, noEmail]) => {
		await atTime(TEN, async () => {
			const reference = await happen();
			if (reference) for (let twice = 0; twice < 2; twice++) await notifyOfTimeline(reference);
			await deliver();
		});
		for (const [name, person] of Object.entries(people) as [Name, Actor][]) {
			const expected = [...(told[name] ?? [])].sort();
			const notices = (await noticesTo(person)).map((kind) => kind.split(' ')[0]);
			expect(notices.sort(), `notices to ${name}`).toEqual(expected);
			const emails = noEmail ? 0 : expected.length;
			expect(await emailsTo(addresses.get(person) ?? ''), `e-mails to ${name}`).toHaveLength(emails);
			const pushed = service().take(browsers.get(person));
			expect(kindsOf(pushed.map(({ text }) => text)).sort(), `messages to ${name}`).toEqual(expected);
		}
	}
);
