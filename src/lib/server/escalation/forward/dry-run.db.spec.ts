import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { escalationFiles } from '#lib/server/db/schema/escalations.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { NotFound } from '#lib/server/errors.ts';
import { deliver } from '../delivery/deliver.ts';
import { dryRun, requestsOfForward } from './dry-run.ts';
import { SANDBOX_DEFAULTS } from '#lib/dev/lapor-sandbox/options.ts';
import { escalateCase } from './forward.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';
import { forwardedCase, makeOffice, forwardNow, useLapor, verifiedCase } from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();

const TYPED = {
	purpose: 'record',
	title: 'Antrean di loket dua',
	content: 'Antrean di loket dua tidak bergerak selama satu jam.',
	incident_on: '2026-01-05'
};
const bodyOf = (call: { body: string } | undefined) => JSON.parse(call?.body ?? '{}') as Record<string, unknown>;

describe('a dry run', () => {
	it('shows exactly the requests that are sent later, with names for files without an id, and stores nothing', async () => {
		const office = await makeOffice();
		const photo = { name: 'ktp-rahmat.jpg', type: 'image/jpeg', bytes: await phonePhoto('jpeg') };
		const row = await verifiedCase(office, {}, { files: [photo] });
		const shown = await dryRun(office.actor, row.reference, TYPED);
		expect(shown).toMatchObject({ configured: true, problems: [], unknownIds: true, identityHidden: false });
		expect(shown.calls.map(({ url }) => new URL(url).pathname.split('/complaints/')[1])).toEqual([
			'complaint/file',
			'complaint'
		]);
		expect(shown.calls[0]?.body).toBe('attachments[] = lampiran-1.jpg (image/jpeg)');
		const secrets = [SANDBOX_DEFAULTS.token, SANDBOX_DEFAULTS.bearer, 'ktp-rahmat'];
		for (const secret of secrets) expect(JSON.stringify(shown)).not.toContain(secret);
		expect(await lapor.reports(row.reference)).toEqual([]);

		const input = { ...TYPED, reason: 'Dicatat', version: row.version };
		const { id, reference } = await escalateCase(office.actor, row.reference, input);
		expect((await requestsOfForward(office.actor, id)).calls).toEqual(shown.calls);
		await deliver(id);
		const [stored] = await lapor.reports(reference);
		const { attachments, ...rest } = bodyOf(shown.calls[1]);
		expect(stored?.payload).toMatchObject(rest);
		expect(attachments).toBe('[‹lampiran-1.jpg›].');
		const after = await requestsOfForward(office.actor, id);
		expect(after).toMatchObject({ unknownIds: false });
		expect(bodyOf(after.calls[0])).toEqual(stored?.payload);
		await db().update(escalationFiles).set({ remoteId: 'a-1' }).where(eq(escalationFiles.escalationId, id));
		const [named] = (await requestsOfForward(office.actor, id)).calls;
		expect(bodyOf(named).attachments).toBe('["a-1"].');
	});

	it('returns missing values as problems instead of failing', async () => {
		const office = await makeOffice({ channel: '13', institution: '1', location: '2', category: '3' });
		const row = await verifiedCase(office);
		expect(await dryRun(office.actor, row.reference, TYPED)).toMatchObject({
			calls: [],
			problems: [{ field: 'user_id', problem: 'not_configured' }]
		});
		await db()
			.update(units)
			.set({ laporIds: { ...office.unit.laporIds, user: '4' } })
			.where(eq(units.id, office.unit.id));
		const transfer = await dryRun(office.actor, row.reference, { ...TYPED, title: '', purpose: 'transfer' });
		expect(transfer.problems).toEqual([
			{ field: 'title', problem: 'missing' },
			{ field: 'disposition_id', problem: 'missing' }
		]);
		overrideEnv({ LAPOR_BASE_URL: undefined, LAPOR_TOKEN: undefined });
		expect(await dryRun(office.actor, row.reference, TYPED)).toMatchObject({ calls: [], configured: false });
	});

	it('shows the name of a named reporter and hides a withheld one', async () => {
		const office = await makeOffice();
		const reporter = { name: 'Rahmat Contoh', email: 'rahmat@contoh.id', phone: '081298765432' };
		const consent = { ...TYPED, consent: 'on' };
		const named = await verifiedCase(office, { identity: 'named', reporter, consent_lapor: true });
		const open = await dryRun(office.actor, named.reference, consent);
		expect(bodyOf(open.calls[0])).toMatchObject({ nameUser: 'Rahmat Contoh', is_new_user_slider: true });
		const withheld = await verifiedCase(office, { identity: 'withheld', reporter, consent_lapor: true });
		const hidden = await dryRun(office.actor, withheld.reference, consent);
		expect(hidden.identityHidden).toBe(true);
		expect(bodyOf(hidden.calls[0])).toMatchObject({ nameUser: '•••', emailUser: '•••', phoneUser: '•••' });
		const { escalation } = await forwardedCase(
			office,
			{ consent: true },
			{ identity: 'withheld', reporter, consent_lapor: true }
		);
		const stored = JSON.stringify(await requestsOfForward(office.actor, escalation.id));
		for (const value of Object.values(reporter)) expect(stored).not.toContain(value);
		expect((await forwardNow(escalation.id)).escalation.withIdentity).toBe(true);
	});

	it('gives NotFound to people who may not see the case', async () => {
		const office = await makeOffice();
		const other = await makeOffice();
		const row = await verifiedCase(office);
		await expect(dryRun(other.actor, row.reference, TYPED)).rejects.toThrow(NotFound);
		const { escalation } = await forwardedCase(office);
		await expect(requestsOfForward(other.actor, escalation.id)).rejects.toThrow(NotFound);
	});
});
