import { describe, expect, it } from 'vitest';
import { forwardedCase, forwardNow, inMs, makeOffice, MINUTE, useLapor } from '#lib/dev/testing/lapor.ts';
import type { Correction } from '#lib/privacy/requests.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { correctCase } from '#lib/server/cases/handling/correct.ts';
import { transaction } from '#lib/server/db/index.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { resolveEscalation } from '../decisions.ts';
import { followCaseEvents } from '../followups/followups.ts';
import { escalateCase, resendEscalation } from '../forward/forward.ts';
import { countTodo } from '../list.ts';
import { pollOrLookUp } from '../tracking/poll.ts';
import { escalationView } from '../view.ts';
import { deliver, sendReport } from './deliver.ts';
import { claimEscalation } from './lease.ts';
import { sweepEscalations } from './sweep.ts';

const lapor = useLapor();

const body = 'Antrean di loket dua tidak bergerak selama satu jam, menurut Budi Contoh.';
const corrected = 'Antrean di loket dua tidak bergerak selama satu jam.';

/** A waiting forward, and a function that corrects its case. */
async function waitingForward() {
	const office = await makeOffice();
	const { row, escalation } = await forwardedCase(office, {}, { body });
	return {
		...escalation,
		actor: office.actor,
		caseReference: row.reference,
		correct: (correction: Correction = { body: corrected }) =>
			transaction(async (tx) => correctCase(tx, office.actor, await lockCase(tx, row.id), correction)),
		observe: async () => followCaseEvents((await forwardNow(escalation.id)).entries)
	};
}

const withdrawn = { state: 'closed', reasonCode: 'text_corrected', task: 'text_corrected', laporId: null };

describe('an unsent report whose text is corrected', () => {
	it('is closed as a task, and sent with the new text when a person sends it again', async () => {
		const { id, reference, actor, correct } = await waitingForward();
		await correct();
		await deliver(id);
		expect(await lapor.reports(reference)).toEqual([]);
		const { escalation, types } = await forwardNow(id);
		expect(escalation).toMatchObject(withdrawn);
		expect(types.slice(-3)).toEqual(['data_corrected', 'escalation_closed', 'escalation_task']);
		expect(await countTodo(actor)).toBe(1);
		expect(await escalationView(actor, id)).toMatchObject({ resendable: true, edited: { content: corrected } });

		const again = await resendEscalation(actor, id, { reason: 'Teks sudah diperbaiki.' });
		await deliver(again.id);
		const [report] = await lapor.reports(again.reference);
		expect(report?.payload.content).toContain(corrected);
		expect(JSON.stringify(report)).not.toContain('Budi');
		expect((await forwardNow(id)).escalation.task).toBeNull();
		expect((await forwardNow(again.id)).escalation).toMatchObject({ nn: 2, state: 'sent' });
		expect(await countTodo(actor)).toBe(0);
	});

	it('is closed if it is corrected during the uploads, and a new forward ends the task', async () => {
		const { id, reference, actor, caseReference, correct } = await waitingForward();
		const claimed = await claimEscalation(id);
		const client = laporClient();
		const { version } = await correct({ requested_solution: 'Tambah loket.' });
		expect(claimed && client && (await sendReport(client, claimed))).toBeUndefined();
		expect((await forwardNow(id)).escalation).toMatchObject(withdrawn);
		await inMs(2 * MINUTE, sweepEscalations);
		await inMs(5 * MINUTE, () => deliver(id));
		expect(await lapor.reports(reference)).toEqual([]);
		expect((await forwardNow(id)).escalation).toMatchObject(withdrawn);
		const reason = 'Teks sudah diperbaiki.';
		const next = await escalateCase(actor, caseReference, { purpose: 'record', reason, version });
		expect(next.report).toMatchObject({ solution: 'Tambah loket.' });
		const { escalation, types } = await forwardNow(id);
		expect(escalation).toMatchObject({ ...withdrawn, task: null });
		expect(types.filter((type) => type === 'escalation_closed')).toHaveLength(1);
	});

	/** A manual forward whose text a person may have copied before it was corrected. */
	async function outdatedForward() {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const forward = await waitingForward();
		await forward.correct();
		for (let round = 0; round < 2; round++) await forward.observe();
		const outdated = { state: 'waiting', reason: { code: 'text_outdated' }, resendable: true };
		expect(await escalationView(forward.actor, forward.id)).toMatchObject({
			...outdated,
			edited: { content: corrected }
		});
		expect(await countTodo(forward.actor)).toBe(1);
		return forward;
	}

	it('stays open in manual mode, so that the number of a report that was copied before can be recorded', async () => {
		const { id, actor } = await outdatedForward();
		await resolveEscalation(actor, id, { outcome: 'found', lapor_id: '1916449', reason: 'Sudah disalin.' });
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', laporId: '1916449', reasonCode: null });
	});

	it('is replaced in manual mode when a person sends the new text', async () => {
		const { id, actor, observe } = await outdatedForward();
		const again = await resendEscalation(actor, id, { reason: 'Teks sudah diperbaiki.' });
		expect(again).toMatchObject({ nn: 2, state: 'waiting', content: corrected });
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'closed', laporId: null });
		await observe();
		expect((await forwardNow(again.id)).escalation).toMatchObject({ state: 'waiting', reasonCode: null });
	});

	it('is sent again with the new text after LAPOR rejected the old one', async () => {
		const { id, actor, correct } = await waitingForward();
		const refusal = JSON.stringify({ errors: { content: ['Tidak diterima'] } });
		const match = { endpoint: 'create' };
		await lapor.faults([{ kind: 'answer', status: 422, body: refusal, match, count: 1 }]);
		await deliver(id);
		await correct();
		expect(await escalationView(actor, id)).toMatchObject({ state: 'rejected', edited: { content: corrected } });
		const again = await resendEscalation(actor, id, { reason: 'Teks sudah diperbaiki.' });
		expect(again).toMatchObject({ content: corrected });
	});
});

describe('a report that may be at LAPOR and whose text is corrected', () => {
	async function unknownForward(kind: '500_before' | '500_after') {
		const forward = await waitingForward();
		await lapor.faults([{ kind, match: { endpoint: 'create' }, count: 1 }]);
		await deliver(forward.id);
		const { escalation } = await forwardNow(forward.id);
		expect(escalation.state).toBe('unknown');
		await forward.correct();
		await forward.observe();
		expect((await forwardNow(forward.id)).escalation).toEqual(escalation);
		return forward;
	}

	it('is found by its reference', async () => {
		const { id, reference } = await unknownForward('500_after');
		overrideEnv({ LAPOR_LOOKUP: true });
		await inMs(20 * MINUTE, () => pollOrLookUp(id));
		const [report, ...others] = await lapor.reports(reference);
		expect(others).toEqual([]);
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', laporId: String(report?.id), task: null });
	});

	it('is closed as a task if a person did not find it', async () => {
		const { id, reference, actor } = await unknownForward('500_before');
		await resolveEscalation(actor, id, { outcome: 'absent', reason: 'Sudah dicari, tidak ada' });
		await inMs(2 * MINUTE, () => deliver(id));
		expect(await lapor.reports(reference)).toEqual([]);
		expect((await forwardNow(id)).escalation).toMatchObject(withdrawn);
	});
});
