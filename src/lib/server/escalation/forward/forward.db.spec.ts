import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { FORWARD_BYTES } from '#lib/server/attachments/picture-and-pdf-limits.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, cases } from '#lib/server/db/schema/cases.ts';
import { escalationFiles, escalations } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { revealReporter } from '#lib/server/cases/reveal-reporter.ts';
import { followCaseEvents } from '../followups/followups.ts';
import { escalateCase, resendEscalation } from './forward.ts';
import { previewEscalation } from './compose.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { issuesOf } from '#lib/dev/testing/forwarding/inbound.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { act } from '#lib/dev/testing/office.ts';
import {
	forwardedCase,
	jobsFor,
	makeOffice,
	photo,
	forwardNow,
	useLapor,
	verifiedCase,
	useLaporOffice
} from '#lib/dev/testing/lapor.ts';

useLapor();
const office = useLaporOffice();

const NAMED = {
	identity: 'named',
	reporter: { name: 'Rahmat Contoh', email: 'rahmat@example.org', phone: '081234567890' },
	body: 'Nama saya Rahmat Contoh, hubungi 0812-3456-7890. Antrean di loket tidak bergerak satu jam.'
};

const forward = ({ actor }: Pick<typeof office, 'actor'>, row: { reference: string; version: number }, more = {}) =>
	escalateCase(actor, row.reference, {
		purpose: 'record',
		reason: 'Perlu dicatat di SP4N-LAPOR!',
		version: row.version,
		...more
	});
const filesOf = (id: string) => db().select().from(escalationFiles).where(eq(escalationFiles.escalationId, id));

describe('forwarding a case', () => {
	it('stores row, timeline entry and job, moves the case to in progress, and removes personal data', async () => {
		const { row, escalation } = await forwardedCase(office, {}, NAMED);
		const reference = `${row.reference}.01`;
		expect(escalation).toMatchObject({ nn: 1, reference, mode: 'api', state: 'waiting' });
		expect(escalation).toMatchObject({ withIdentity: false, identitySealed: null });
		expect(escalation.content).toContain('[nama]');
		expect(escalation.content).toContain('[nomor telepon]');
		expect(escalation.content).not.toMatch(/Rahmat|3456/);
		const { row: after, entries } = await forwardNow(escalation.id);
		expect(after).toMatchObject({ status: 'in_progress', escalationState: 'waiting' });
		const entry = entries.find((one) => one.type === 'escalation_waiting');
		expect(entry).toMatchObject({ public: true, actorKind: 'staff', data: { nn: 1, purpose: 'record' } });
		expect(JSON.stringify(entry?.data)).not.toContain('Perlu dicatat');
		expect(await jobsFor('escalation-deliver', escalation.id)).toBe(1);
	});

	it('makes who forwards at the desk the handler of a case without one, and leaves it to another handler', async () => {
		const reason = { purpose: 'record', reason: 'Perlu dicatat di SP4N-LAPOR!' };
		const atDesk = async (assigneeId: string | null) => {
			const row = await verifiedCase(office);
			await db().update(cases).set({ assigneeId }).where(eq(cases.id, row.id));
			const input = { ...reason, version: row.version };
			const escalation = await escalateCase(office.actor, row.reference, input, { atDesk: true });
			return (await forwardNow(escalation.id)).row;
		};
		const me = office.actor.accountId;
		expect(await atDesk(null)).toMatchObject({ assigneeId: me, status: 'in_progress', escalationState: 'waiting' });
		const colleague = await makeActor([[office.unit.id, 'handler']]);
		expect(await atDesk(colleague.accountId)).toMatchObject({ assigneeId: colleague.accountId });
	});

	it('allows one open forward per case', async () => {
		const { row, escalation } = await forwardedCase(office);
		const moved = { ...row, version: row.version + 1 };
		await expect(forward(office, moved)).rejects.toMatchObject({ name: 'Conflict', code: 'invalid-move' });
		await db().update(escalations).set({ state: 'rejected' }).where(eq(escalations.id, escalation.id));
		expect(await forward(office, moved)).toMatchObject({ nn: 2, reference: `${row.reference}.02` });
	});

	it('stores one forward when three requests arrive at once', async () => {
		const row = await verifiedCase(office);
		const results = await Promise.allSettled([1, 2, 3].map(() => forward(office, row)));
		expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
		expect(await db().$count(escalations, eq(escalations.caseId, row.id))).toBe(1);
	});

	it('accepts an identity only with recorded consent, and stores it encrypted', async () => {
		const without = await verifiedCase(office, NAMED);
		expect(await issuesOf(forward(office, without, { consent: true }))).toEqual([
			'consent: escalation_consent_not_recorded'
		]);
		const { escalation } = await forwardedCase(office, { consent: true }, { ...NAMED, consent_lapor: true });
		expect(escalation.withIdentity).toBe(true);
		expect(escalation.identitySealed).not.toContain('Rahmat');
	});

	it("requires a complete identity, by field; an incomplete withheld one can't be completed", async () => {
		const reporter = { name: 'Siti Contoh', phone: '081234567891' };
		const consent = { identity: 'named', reporter, consent_lapor: true };
		const named = await verifiedCase(office, consent);
		expect(await issuesOf(forward(office, named, { consent: true }))).toEqual(['reporter.email: escalation_missing']);
		const typed = { consent: true, reporter: { email: 'siti@example.org' } };
		expect(await forward(office, named, typed)).toMatchObject({ withIdentity: true });
		const withheld = await verifiedCase(office, { ...consent, identity: 'withheld' });
		expect(await issuesOf(forward(office, withheld, typed))).toEqual(['consent: escalation_identity_incomplete']);
	});

	it('refuses integrity cases, cases that came from LAPOR, and unverified cases', async () => {
		const integrity = await verifiedCase(office);
		await db().update(cases).set({ category: 'integrity' }).where(eq(cases.id, integrity.id));
		expect(await issuesOf(forward(office, integrity))).toEqual([': escalation_integrity']);
		const inbound = await verifiedCase(office, { channel: 'lapor' }, { by: 'staff', actor: office.actor });
		expect(await issuesOf(forward(office, inbound))).toEqual([': escalation_from_lapor']);
		const { reference } = await makeCase(office.unit);
		await expect(forward(office, { reference, version: 1 })).rejects.toMatchObject({ code: 'invalid-move' });
		const asked = await askReporter(office.actor, reference, { body: 'Kapan itu terjadi?', version: 1 });
		await expect(forward(office, asked)).rejects.toMatchObject({ code: 'invalid-move' });
		const preview = await previewEscalation(office.actor, reference, { purpose: 'record' });
		expect(preview.case.movable).toBe(false);
	});

	it('gives NotFound to other offices and to managers, and refuses a stale version', async () => {
		const row = await verifiedCase(office);
		const manager = await makeActor([[office.unit.id, 'manager']]);
		for (const actor of [(await makeOffice()).actor, manager])
			await expect(forward({ actor }, row)).rejects.toMatchObject({ name: 'NotFound' });
		await expect(forward(office, { ...row, version: 1 })).rejects.toMatchObject({ code: 'stale' });
	});

	it("requires a target for a transfer, by number or by a name in LAPOR's list", async () => {
		const row = await verifiedCase(office);
		const transfer = (institution?: string) => forward(office, row, { purpose: 'transfer', institution });
		expect(await issuesOf(transfer())).toEqual(['institution: escalation_missing']);
		expect(await issuesOf(transfer('Dinas Entah'))).toEqual(['institution: escalation_institution_unknown']);
		expect(await issuesOf(transfer('151347'))).toEqual(['institution: escalation_own_agency']);
		expect(await transfer('200102')).toMatchObject({ institution: '200102', purpose: 'transfer' });
	});

	it('refuses to transfer a case that the office answered itself, also by sending a rejected forward again', async () => {
		const transfer = { purpose: 'transfer', institution: '200102' };
		const { row, escalation } = await forwardedCase(office, transfer);
		await db().update(escalations).set({ state: 'rejected' }).where(eq(escalations.id, escalation.id));
		const settle = { status: 'answered', transferredTo: null } as const;
		const [answered] = await db().update(cases).set(settle).where(eq(cases.id, row.id)).returning();
		if (!answered) throw new Error('no case');
		const again = resendEscalation(office.actor, escalation.id, { reason: 'Kirim lagi saja' });
		await expect(again).rejects.toMatchObject({ name: 'Conflict', code: 'invalid-move' });
		await expect(forward(office, answered, transfer)).rejects.toMatchObject({ code: 'invalid-move' });
		expect(await forward(office, answered)).toMatchObject({ purpose: 'record', nn: 2 });
	});

	it('sends only the files that a person chose, and offers no internal files', async () => {
		const files = [await photo('ktp-rahmat.jpg')];
		const row = await verifiedCase(office, {}, { files: [...files, ...files] });
		const preview = await previewEscalation(office.actor, row.reference, { purpose: 'record' });
		expect(preview.files).toHaveLength(2);
		const [chosen] = preview.files;
		const unknown = { attachments: [chosen?.id, crypto.randomUUID()] };
		expect(await issuesOf(forward(office, row, unknown))).toEqual(['attachments: escalation_attachment']);
		const escalation = await forward(office, row, { attachments: [chosen?.id.toUpperCase()] });
		expect((await filesOf(escalation.id)).map((file) => file.attachmentId)).toEqual([chosen?.id]);
		const paper = await verifiedCase(office, { channel: 'box' }, { by: 'staff', actor: office.actor, files });
		expect((await previewEscalation(office.actor, paper.reference, { purpose: 'record' })).files).toEqual([]);
	});

	it('leaves out only the file that is too large, of two with the same name', async () => {
		const row = await verifiedCase(office, {}, { files: [await photo('satu.jpg'), await photo('dua.jpg')] });
		const filesOfPreview = async () =>
			(await previewEscalation(office.actor, row.reference, { purpose: 'record' })).files;
		const [large, small] = await filesOfPreview();
		await db().update(attachments).set({ name: 'surat.pdf' }).where(eq(attachments.caseId, row.id));
		await db()
			.update(attachments)
			.set({ bytes: FORWARD_BYTES + 1 })
			.where(eq(attachments.id, large?.id ?? ''));
		expect(await filesOfPreview()).toMatchObject([
			{ id: large?.id, name: 'surat.pdf', staysBehind: true },
			{ id: small?.id, name: 'surat.pdf', staysBehind: false }
		]);
	});

	it('refuses personal data in typed texts, unless a person confirms it', async () => {
		const row = await verifiedCase(office);
		const typed = { content: 'Tolong hubungi saya di 081298765432 ya.', title: 'Antrean' };
		await expect(forward(office, row, typed)).rejects.toMatchObject({
			issues: [{ path: 'content', code: 'escalation_personal_data', params: { found: '081298765432' } }]
		});
		expect((await forward(office, row, { ...typed, keep_marks: 'on' })).content).toContain('081298765432');
	});

	it('in manual mode waits for a person, without a job or a next attempt', async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const { escalation } = await forwardedCase(await makeOffice({}));
		expect(escalation).toMatchObject({ mode: 'manual', state: 'waiting', nextAttemptAt: null });
		expect(await jobsFor('escalation-deliver', escalation.id)).toBe(0);
	});
});

describe('the check before sending', () => {
	it('shows the texts to send, the removed personal data, and the problems by field', async () => {
		const unready = await makeOffice({ channel: '13', user: '5218120' });
		const row = await verifiedCase(unready, { ...NAMED, consent_lapor: true });
		const preview = await previewEscalation(unready.actor, row.reference, { purpose: 'transfer', consent: true });
		expect(preview.report.title.length).toBeLessThanOrEqual(100);
		expect(preview.original.content.filter((piece) => piece.kind).map((piece) => piece.kind)).toEqual([
			'name',
			'phone'
		]);
		expect(preview.original.content.map((piece) => piece.text).join('')).toBe(NAMED.body);
		expect(preview.texts.content).toMatch(new RegExp(`^${row.reference}\\.01\n`));
		expect(preview.texts.content).toContain('yang diisikan adalah tanggal laporan diterima');
		expect(preview.identity).toMatchObject({ may: true, shown: { name: 'Rahmat Contoh' } });
		expect(preview.problems.map(({ field, problem }) => `${field} ${problem}`)).toEqual([
			'disposition_id not_configured',
			'location_id not_configured',
			'category_id not_configured',
			'disposition_id missing'
		]);
	});

	it('says in the preview that the processing of the report is restricted', async () => {
		const { id, reference } = await verifiedCase(office, {});
		const processingRestricted = async () =>
			(await previewEscalation(office.actor, reference, { purpose: 'record' })).processingRestricted;
		expect(await processingRestricted()).toBe(false);
		await db().update(cases).set({ processingRestrictedAt: new Date() }).where(eq(cases.id, id));
		expect(await processingRestricted()).toBe(true);
	});

	it('does not show a withheld name to the handler, although it is sent with consent', async () => {
		const row = await verifiedCase(office, { ...NAMED, identity: 'withheld', consent_lapor: true });
		const preview = await previewEscalation(office.actor, row.reference, { purpose: 'record', consent: true });
		expect(preview.identity).toEqual({ may: true, shown: null });
		expect(preview.texts.identity).toBeNull();
	});

	it('neither marks a withheld name nor names it among the typed words, although the proposal is without it', async () => {
		const body = 'Antrean tidak bergerak, kata Rahmat Contoh. Hubungi 0812-3456-7890.';
		const row = await verifiedCase(office, { ...NAMED, body, identity: 'withheld' });
		const { original, report } = await previewEscalation(office.actor, row.reference, { purpose: 'record' });
		expect(original.content.flatMap((piece) => (piece.kind ? [piece.text] : []))).toEqual(['0812-3456-7890']);
		expect(report.content).not.toContain('Rahmat');
		const guesses = { content: 'Siti, Budi Contoh; 81234567890, rahmat@example.org' };
		const other = await verifiedCase(office, { ...NAMED, body: 'Antrean di loket lambat.', identity: 'withheld' });
		await expect(forward(office, other, guesses)).rejects.toMatchObject({
			issues: [{ path: 'content', code: 'escalation_personal_data', params: { found: 'rahmat@example.org' } }]
		});
		const content = 'Siti, Rahmat Contoh, Budi; 81234567890';
		expect(await forward(office, other, { content })).toMatchObject({ content });
	});

	const body = 'Saya Rahmat, antrean tidak bergerak.';
	it('cuts a withheld name from the text of a part only if the reporter wrote it', async () => {
		const whole = await verifiedCase(office, { ...NAMED, body, identity: 'withheld' });
		const typed = { body: 'Siti, Rahmat Contoh, Budi; 81234567890', submission_id: crypto.randomUUID() };
		const reference = await act(splitCase, office.actor, whole.reference, { kind: 'complaint', ...typed });
		const { report } = await previewEscalation(office.actor, reference, { purpose: 'record' });
		expect(report.content).toBe('Siti, [nama] Contoh, Budi; 81234567890');
	});

	it('cuts a withheld name from a message of staff only if the reporter wrote it or somebody opened it', async () => {
		const { row, escalation } = await forwardedCase(office, {}, { ...NAMED, body, identity: 'withheld' });
		const lastSent = async () => {
			await writeMessage(office.actor, row.reference, { body: 'Siti, Rahmat Contoh, Budi.', public: true });
			await followCaseEvents((await forwardNow(escalation.id)).entries);
			return (await followupsOf(escalation.id)).pop()?.content;
		};
		expect(await lastSent()).toBe('Siti, [nama] Contoh, Budi.');
		await revealReporter(office.actor, row.reference, { reason: 'Alamat perlu dipastikan.' });
		expect(await lastSent()).toBe('Siti, [nama], Budi.');
	});

	it('names the words of a withheld name that stand in the text of the report', async () => {
		const row = await verifiedCase(office, { ...NAMED, identity: 'withheld' });
		const typed = { title: 'Rahmat ditolak', content: 'Petugas menolak bapak rahmat contoh.' };
		await expect(forward(office, row, typed)).rejects.toMatchObject({
			issues: [
				{ path: 'title', params: { found: 'Rahmat' } },
				{ path: 'content', params: { found: 'rahmat contoh' } }
			]
		});
	});

	it('does not check the texts of the forward before again', async () => {
		const typed = { content: 'Tolong hubungi saya di 081298765432 ya.', keep_marks: true };
		const { escalation } = await forwardedCase(office, typed);
		await db().update(escalations).set({ state: 'rejected' }).where(eq(escalations.id, escalation.id));
		const again = { reason: 'Dikirim lagi' };
		const resent = resendEscalation(office.actor, escalation.id, { ...again, content: 'Hubungi 081298765432.' });
		expect(await issuesOf(resent)).toEqual(['content: escalation_personal_data']);
		expect(await resendEscalation(office.actor, escalation.id, again)).toMatchObject({ content: typed.content });
	});
});
