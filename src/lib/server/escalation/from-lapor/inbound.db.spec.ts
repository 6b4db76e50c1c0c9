import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { handOverCase } from '#lib/server/cases/handling/hand-over.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { officersOfCase } from '#lib/server/cases/officers/officers-of-case.ts';
import { deskCase } from '#lib/server/cases/view.ts';
import { db } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { NotFound, Conflict } from '#lib/server/errors.ts';
import { inboundCounts, listInbound, inboundReport, enterAnswer } from './reports.ts';
import { receiveInbound } from './receive.ts';
import { compactReference } from '#lib/text/reference-numbers.ts';
import { resolveEscalation } from '../decisions.ts';
import { makeActor, makeOfficer, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import {
	casesOf,
	issuesOf,
	nextNumber,
	placedReport,
	inboundInput,
	storedOf,
	TEXT
} from '#lib/dev/testing/forwarding/inbound.ts';
import { forwardedCase, makeOffice, forwardNow, verifiedCase, useLaporOffice } from '#lib/dev/testing/lapor.ts';
import { atTime, clockOf, lastEntry, on, readCase, story } from '#lib/dev/testing/office.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { cases } from '#lib/server/db/schema/cases.ts';

beforeEach(() => overrideEnv({ LAPOR_MODE: 'manual' }));
const office = useLaporOffice();

describe('an inbound report without a reference of ours', () => {
	it('opens a secret case of channel lapor without identity, whose deadlines count from the day of arrival', async () => {
		const received = await atTime('2026-03-05T02:00:00Z', () =>
			receiveInbound(
				office.actor,
				inboundInput(office, {
					lapor_id: '#1916449',
					received_on: '02/03/2026',
					title: 'Loket lambat',
					category: 'time'
				})
			)
		);
		const { reference, kind, id } = placedReport(received);
		expect(kind).toBe('opened');
		const row = await readCase(reference);
		expect(row).toMatchObject({
			channel: 'lapor',
			identity: 'none',
			secret: true,
			kind: 'complaint',
			title: 'Loket lambat'
		});
		expect(row.receivedAt.toISOString()).toBe('2026-03-02T04:00:00.000Z');
		expect((await clockOf(reference, 'first_reply'))?.startAt).toEqual(row.receivedAt);
		expect(await story(reference)).toEqual(['opened', 'escalation_inbound']);
		expect(await inboundReport(office.actor, id)).toMatchObject({ laporId: '1916449', receivedOn: '2026-03-02' });
	});

	it('is never offered for forwarding', async () => {
		const { reference } = placedReport(await receiveInbound(office.actor, inboundInput(office)));
		await verifyCase(office.actor, reference, await on(reference, { category: 'time', class: 'plain' }));
		expect((await deskCase(office.actor, reference)).may.escalate).toBe(false);
	});

	it("has no public photos, and with the category integrity is hidden from the office's handlers", async () => {
		const files = [{ name: 'a.jpg', type: 'image/jpeg', bytes: await phonePhoto('jpeg') }];
		const { reference } = placedReport(await receiveInbound(office.actor, inboundInput(office), files));
		expect((await deskCase(office.actor, reference)).files).toMatchObject([{ public: false }]);
		const handler = await makeActor([[office.unit.id, 'handler']]);
		const hidden = placedReport(await receiveInbound(handler, inboundInput(office, { category: 'integrity' })));
		await expect(deskCase(handler, hidden.reference)).rejects.toBeInstanceOf(NotFound);
	});

	it('is refused with one issue per field, and no case is stored', async () => {
		const issues = (changes: Record<string, string>) =>
			issuesOf(receiveInbound(office.actor, inboundInput(office, changes)));
		const wrong = { lapor_id: '12', received_on: '31/02/2026', content: ' ', title: 'x'.repeat(101), category: 'uang' };
		expect(await issues({ ...wrong, incident_on: 'kemarin' })).toEqual([
			'lapor_id: escalation_lapor_id',
			'received_on: inbound_received_on',
			'title: title_long',
			'content: inbound_content_missing',
			'category: inbound_category',
			'incident_on: date_invalid'
		]);
		expect(await issues({ received_on: '2099-01-01', incident_on: '2099-01-01' })).toEqual([
			'received_on: inbound_received_ahead',
			'incident_on: inbound_incident_ahead'
		]);
		expect(await issues({ received_on: '2019-01-01' })).toEqual(['received_on: inbound_received_old']);
		expect(await issues({ content: 'Lambat' })).toEqual(['content: inbound_content_short']);
		const nowhere = receiveInbound(office.actor, inboundInput({ unit: { code: '0000' } }));
		expect(await issuesOf(nowhere)).toEqual(['unit: unit_missing']);
		expect(await casesOf(office)).toBe(0);
	});
});

describe('an inbound report with a reference of ours', () => {
	it.each([
		['reference of the case', (reference: string) => `${TEXT} (${reference})`],
		['reference of the forward', (reference: string) => `${reference}.01 ${TEXT}`],
		['tag', (reference: string) => `${TEXT} #${compactReference(`${reference}.01`)}`]
	])('in the form %s is attached to that case and opens no case', async (_, text) => {
		const { reference } = await verifiedCase(office);
		const input = inboundInput(office, { content: text(reference) });
		const received = placedReport(await receiveInbound(office.actor, input));
		expect(received).toMatchObject({ kind: 'attached', reference });
		expect(await casesOf(office)).toBe(1);
		expect(await lastEntry(reference, 'escalation_inbound')).toMatchObject({
			public: true,
			actorId: office.actor.accountId,
			data: { lapor_id: input.lapor_id, matched_by: 'reference' }
		});
	});

	it('in its own field is accepted too, and decides if the text mentions several references', async () => {
		const [one, two] = [await verifiedCase(office), await verifiedCase(office)];
		const content = `Lanjutan ${one.reference} dan ${two.reference}.`;
		expect(await issuesOf(receiveInbound(office.actor, inboundInput(office, { content })))).toEqual([
			'reference: inbound_references'
		]);
		const received = await receiveInbound(
			office.actor,
			inboundInput(office, { content, reference: two.reference.toLowerCase() })
		);
		expect(received).toMatchObject({ kind: 'attached', reference: two.reference });
		const unknown = inboundInput(office, { reference: 'SPATULA-9999-26-000001' });
		expect(await issuesOf(receiveInbound(office.actor, unknown))).toEqual(['reference: inbound_reference_unknown']);
	});

	it("and the LAPOR number of a forward is attached to the forward's case, whatever its text mentions", async () => {
		const { row, escalation } = await forwardedCase(office);
		const other = await verifiedCase(office);
		const laporId = nextNumber();
		await resolveEscalation(office.actor, escalation.id, { outcome: 'found', lapor_id: laporId, reason: 'Disalin.' });
		const input = inboundInput(office, { lapor_id: laporId, content: `${TEXT} Lihat juga ${other.reference}.` });
		const contradicting = receiveInbound(office.actor, { ...input, reference: other.reference });
		expect(await issuesOf(contradicting)).toEqual(['reference: inbound_reference_other']);
		expect(await receiveInbound(office.actor, input)).toMatchObject({ kind: 'attached', reference: row.reference });
		expect((await storedOf(laporId))[0]?.matchedBy).toBe('lapor_id');
	});

	it('marks an unknown, waiting or stuck forward with that reference as sent', async () => {
		for (const state of ['unknown', 'waiting', 'stuck'] as const) {
			const { escalation } = await forwardedCase(office);
			await db().update(escalations).set({ state }).where(eq(escalations.id, escalation.id));
			const input = inboundInput(office, { content: `${TEXT} ${escalation.reference}` });
			await receiveInbound(office.actor, input);
			const after = await forwardNow(escalation.id);
			expect(after.escalation).toMatchObject({ state: 'sent', laporId: input.lapor_id });
			expect(after.types.slice(-2)).toEqual(['escalation_inbound', 'escalation_sent']);
			expect(after.row.escalationState).toBe('sent');
		}
	});

	it("does not mark a forward as sent by the case's reference alone, or while it is being sent", async () => {
		const { row, escalation } = await forwardedCase(office);
		await receiveInbound(office.actor, inboundInput(office, { content: `${TEXT} ${row.reference}` }));
		expect((await forwardNow(escalation.id)).escalation.state).toBe('waiting');
		await db().update(escalations).set({ state: 'sending' }).where(eq(escalations.id, escalation.id));
		await receiveInbound(office.actor, inboundInput(office, { content: `${TEXT} ${escalation.reference}` }));
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'sending', laporId: null });
	});

	it('hides that case from an officer whom its text seems to name', async () => {
		const [, named] = await makeOfficerWithAccount(office.unit.id, ['handler'], 'Rahmawati Tandipau');
		const { reference } = await verifiedCase(office);
		await deskCase(named, reference);
		const content = 'Ibu Rahmawati di loket meminta uang kepada saya.';
		await receiveInbound(office.actor, inboundInput(office, { content, reference }));
		await expect(deskCase(named, reference)).rejects.toBeInstanceOf(NotFound);
		expect((await listInbound(named, undefined)).items).toEqual([]);
		const other = await makeUnit();
		await makeOfficer(other.id, 'Rahmawati Lolo');
		const reason = 'Kejadiannya di kantor itu.';
		await handOverCase(office.actor, reference, await on(reference, { unit: other.code, reason }));
		const names = (await officersOfCase((await readCase(reference)).id)).map(({ name }) => name);
		expect(names.sort()).toEqual(['Rahmawati Lolo', 'Rahmawati Tandipau']);
	});

	it('stores and shows nothing if the actor may not see that case', async () => {
		const officer = await makeOfficer(office.unit.id);
		const named = await makeActor([[office.unit.id, 'handler']], officer.id);
		const { reference } = await verifiedCase(office, { officer: officer.id });
		const input = inboundInput(office, { content: `${TEXT} ${reference}` });
		expect(await receiveInbound(named, input)).toEqual({ kind: 'elsewhere' });
		expect(await receiveInbound(named, { ...input, content: TEXT, reference })).toEqual({ kind: 'elsewhere' });
		expect(await storedOf(input.lapor_id)).toEqual([]);
		expect(await casesOf(office)).toBe(1);
		expect(await story(reference)).not.toContain('escalation_inbound');
		// After a person with access has entered the report, its number is known, and this actor still learns nothing.
		await receiveInbound(office.actor, input);
		expect(await receiveInbound(named, { ...input, content: TEXT })).toEqual({ kind: 'elsewhere' });
		expect((await listInbound(named, undefined)).items).toEqual([]);
		expect(await inboundCounts(named)).toMatchObject({ all: 0 });
	});
});

describe('a LAPOR number that is entered again', () => {
	it('returns its case and stores no second row', async () => {
		const input = inboundInput(office);
		const first = placedReport(await receiveInbound(office.actor, input));
		const again = await receiveInbound(office.actor, { ...input, content: 'Teks lain yang sama sekali berbeda.' });
		expect(again).toEqual({ kind: 'known', id: first.id, reference: first.reference });
		expect(await casesOf(office)).toBe(1);
	});

	it('by four requests at once opens one case', async () => {
		const input = inboundInput(office);
		const all = await Promise.all(Array.from({ length: 4 }, () => receiveInbound(office.actor, input)));
		expect(all.map(({ kind }) => kind).sort()).toEqual(['known', 'known', 'known', 'opened']);
		expect(new Set(all.map((one) => placedReport(one).reference)).size).toBe(1);
		expect(await casesOf(office)).toBe(1);
		// The rolled-back attempts used no reference: numbers have no gaps.
		const { reference } = placedReport(await receiveInbound(office.actor, inboundInput(office)));
		expect(reference).toMatch(/000002$/);
	});
});

describe('the answer of a case that came from LAPOR', () => {
	async function answered(reference: string) {
		const second = await makeActor([[office.unit.id, 'supervisor']]);
		await verifyCase(office.actor, reference, await on(reference, { category: 'time', class: 'plain' }));
		await assignCase(office.actor, reference, await on(reference, { assignee: office.actor.accountId }));
		await answerCase(office.actor, reference, await on(reference, { body: 'Loket sudah kami tambah satu.' }));
		await decideDraft(second, reference, await on(reference, { decision: 'approve' }));
	}

	it('is missing at LAPOR once published, until a person marks it as entered there', async () => {
		const { id, reference } = placedReport(await receiveInbound(office.actor, inboundInput(office)));
		expect(await inboundCounts(office.actor)).toMatchObject({ all: 1, opened: 1, answer_missing: 0 });
		await expect(enterAnswer(office.actor, id, { settled: '' })).rejects.toBeInstanceOf(Conflict);
		await answered(reference);
		expect(await inboundCounts(office.actor)).toMatchObject({ answer_missing: 1 });
		expect((await listInbound(office.actor, 'answer_missing')).items).toMatchObject([{ id, answerMissing: true }]);
		const { settledAt: settled, ...shown } = await inboundReport(office.actor, id);
		expect(shown).toMatchObject({ answerMissing: true, words: 'Loket sudah kami tambah satu.' });
		await expect(enterAnswer(office.actor, id, {})).rejects.toMatchObject({ issues: [{ path: 'settled' }] });
		for (let n = 0; n < 2; n++) await enterAnswer(office.actor, id, { settled });
		expect(await inboundReport(office.actor, id)).toMatchObject({
			answerMissing: false,
			answerEnteredBy: office.actor.name
		});
		expect((await story(reference)).filter((type) => type === 'escalation_answer_entered')).toHaveLength(1);
		expect(await lastEntry(reference, 'escalation_answer_entered')).toMatchObject({ public: false });
		expect((await listInbound(office.actor, 'answer_missing')).items).toEqual([]);
	});

	it('is not marked as entered by a person who saw a former answer', async () => {
		const { id, reference } = placedReport(await receiveInbound(office.actor, inboundInput(office)));
		await answered(reference);
		const { settledAt: settled } = await inboundReport(office.actor, id);
		await db()
			.update(cases)
			.set({ answeredAt: new Date('2027-01-04') })
			.where(eq(cases.reference, reference));
		await expect(enterAnswer(office.actor, id, { settled })).rejects.toMatchObject({ code: 'stale' });
		expect(await inboundReport(office.actor, id)).toMatchObject({ answerMissing: true, answerEnteredAt: null });
	});

	it('is not missing if a forward of ours has the LAPOR number, because its follow-ups send the answer', async () => {
		const { row, escalation } = await forwardedCase(office);
		await receiveInbound(office.actor, inboundInput(office, { content: `${TEXT} ${escalation.reference}` }));
		await db().update(cases).set({ status: 'answered', answeredAt: new Date() }).where(eq(cases.id, row.id));
		expect(await inboundCounts(office.actor)).toMatchObject({ attached: 1, answer_missing: 0 });
	});

	it("can't be seen or marked as entered by staff of another office", async () => {
		const { id } = placedReport(await receiveInbound(office.actor, inboundInput(office)));
		const stranger = (await makeOffice()).actor;
		await expect(inboundReport(stranger, id)).rejects.toBeInstanceOf(NotFound);
		await expect(enterAnswer(stranger, id, { settled: '' })).rejects.toBeInstanceOf(NotFound);
		await expect(inboundReport(office.actor, 'bukan-id')).rejects.toBeInstanceOf(NotFound);
	});
});
