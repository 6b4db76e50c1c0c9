import { describe, expect, it } from 'vitest';
import { forwardedCase, forwardNow, inMs, makeOffice, MINUTE, useLapor } from '#lib/dev/testing/lapor.ts';
import { changeReporterContact } from '#lib/server/cases/conversation/contact.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { correctCase } from '#lib/server/cases/handling/correct.ts';
import { decryptReporter } from '#lib/server/cases/reporter.ts';
import { transaction } from '#lib/server/db/index.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { resolveEscalation } from '../decisions.ts';
import { deliver, sendReport } from '../delivery/deliver.ts';
import { claimEscalation } from '../delivery/lease.ts';
import { sweepEscalations } from '../delivery/sweep.ts';
import { followCaseEvents } from '../followups/followups.ts';
import { pollOrLookUp } from '../tracking/poll.ts';
import { escalationView } from '../view.ts';
import { resendEscalation } from './forward.ts';

const lapor = useLapor();

const reporter = { name: 'Rahmat Contoh', email: 'rahmat@exmaple.org', phone: '081234567890' };
const email = 'rahmat@example.org';

/** A waiting forward with the reporter's identity, and functions that correct it in the case. */
async function withIdentity(input: Record<string, unknown> = {}, changes: Record<string, unknown> = {}) {
	const office = await makeOffice();
	const named = { identity: 'named', reporter, consent_lapor: true, ...changes };
	const { row, escalation } = await forwardedCase(office, { consent: true, ...input }, named);
	return {
		...escalation,
		actor: office.actor,
		giveContact: (contact: { email?: string; phone?: string }) =>
			transaction(async (tx) =>
				changeReporterContact(tx, (await lockCase(tx, row.id)).row, contact, { at: new Date() })
			),
		correctName: (name: string) =>
			transaction(async (tx) => correctCase(tx, office.actor, await lockCase(tx, row.id), { name }))
	};
}

const identityAtLapor = async (reference: string) => {
	const reports = await lapor.reports(reference);
	return reports.map(({ payload: { nameUser, emailUser, phoneUser } }) => ({ nameUser, emailUser, phoneUser }));
};

describe('a forward whose reporter is corrected before it is sent', () => {
	it('has the present contact and name', async () => {
		const { id, reference, giveContact, correctName } = await withIdentity();
		await giveContact({ email });
		await correctName('Rahmat Contohan');
		await deliver(id);
		const sent = { nameUser: 'Rahmat Contohan', emailUser: email, phoneUser: reporter.phone };
		expect(await identityAtLapor(reference)).toEqual([sent]);
	});

	it('has the present name of a reporter whose name is withheld, which is then removed from LAPOR’s responses', async () => {
		const { id, reference, correctName } = await withIdentity({}, { identity: 'withheld' });
		await correctName('Rahmat Contohan');
		await deliver(id);
		expect(await identityAtLapor(reference)).toMatchObject([{ nameUser: 'Rahmat Contohan' }]);
		const { identitySealed } = (await forwardNow(id)).escalation;
		expect(await decryptReporter(identitySealed)).toMatchObject({ name: 'Rahmat Contohan' });
	});

	it('has the present contact if it is corrected during the uploads', async () => {
		const { id, reference, giveContact } = await withIdentity();
		const claimed = await claimEscalation(id);
		const client = laporClient();
		await giveContact({ email });
		expect(claimed && client && (await sendReport(client, claimed))).toBeUndefined();
		await inMs(2 * MINUTE, sweepEscalations);
		await inMs(5 * MINUTE, () => deliver(id));
		expect(await identityAtLapor(reference)).toMatchObject([{ emailUser: email }]);
	});

	it('has the value that a person typed when confirming it, until the reporter gives another one', async () => {
		const typed = { reporter: { phone: '081111111111', email: 'typed@example.org' } };
		const { id, reference, giveContact } = await withIdentity(typed);
		await giveContact({ email });
		await deliver(id);
		expect(await identityAtLapor(reference)).toMatchObject([{ emailUser: email, phoneUser: '081111111111' }]);
	});

	it('is shown with the present contact in manual mode', async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const { id, actor, giveContact } = await withIdentity();
		await giveContact({ email });
		await followCaseEvents((await forwardNow(id)).entries);
		expect((await escalationView(actor, id)).texts.identity).toMatchObject({ email });
	});
});

describe('a rejected forward', () => {
	it('is sent again with the contact that was corrected since', async () => {
		const { id, actor, giveContact } = await withIdentity({ reporter: { phone: '081111111111' } });
		const body = JSON.stringify({ errors: { emailUser: ['Surel tidak dikenal'] } });
		await lapor.faults([{ kind: 'answer', status: 422, body, match: { endpoint: 'create' }, count: 1 }]);
		await deliver(id);
		expect((await forwardNow(id)).escalation.state).toBe('rejected');
		await giveContact({ email });
		const again = await resendEscalation(actor, id, { reason: 'Surel sudah diperbaiki.' });
		await deliver(again.id);
		expect(await identityAtLapor(again.reference)).toMatchObject([{ emailUser: email, phoneUser: '081111111111' }]);
	});
});

describe('a forward that may be at LAPOR', () => {
	/** A forward whose create had no readable response, after which the contact was corrected. */
	async function unknownForward(kind: '500_before' | '500_after') {
		const forward = await withIdentity();
		await lapor.faults([{ kind, match: { endpoint: 'create' }, count: 1 }]);
		await deliver(forward.id);
		const { escalation } = await forwardNow(forward.id);
		expect(escalation.state).toBe('unknown');
		await forward.giveContact({ email });
		await followCaseEvents((await forwardNow(forward.id)).entries);
		expect((await forwardNow(forward.id)).escalation).toEqual(escalation);
		return forward;
	}

	it('is found by its reference and keeps the identity that was sent', async () => {
		const { id, reference } = await unknownForward('500_after');
		overrideEnv({ LAPOR_LOOKUP: true });
		await inMs(20 * MINUTE, () => pollOrLookUp(id));
		await inMs(21 * MINUTE, () => deliver(id));
		const [stored] = await lapor.reports(reference);
		const { escalation } = await forwardNow(id);
		expect(escalation).toMatchObject({ state: 'sent', laporId: String(stored?.id) });
		expect(await decryptReporter(escalation.identitySealed)).toMatchObject({ email: reporter.email });
		expect(await identityAtLapor(reference)).toMatchObject([{ emailUser: reporter.email }]);
	});

	it('is sent with the present contact after a person did not find it there', async () => {
		const { id, reference, actor } = await unknownForward('500_before');
		await resolveEscalation(actor, id, { outcome: 'absent', reason: 'Sudah dicari, tidak ada' });
		await deliver(id);
		expect(await identityAtLapor(reference)).toMatchObject([{ emailUser: email }]);
	});
});
