import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { laporStatusNames } from '#lib/server/db/schema/lapor.ts';
import { Invalid, NotAllowed } from '#lib/server/errors.ts';
import { pollOrLookUp } from './poll.ts';
import { mapStatusName, countNamesToMap, namesToMap, statusNamesForAdmin } from './unknown-status-names.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { makeOffice, sentReport, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();

let office: Awaited<ReturnType<typeof makeOffice>>;
let admin: Actor;

beforeAll(async () => {
	office = await makeOffice();
	admin = await makeActor([[office.unit.id, 'admin']]);
});
afterEach(async () => {
	await db().delete(laporStatusNames);
});

/** A report at LAPOR whose status changes there. The office polls it after each change. */
async function reportAt(...moves: [name: string, note: string][]) {
	const { id, move: moveThere } = await sentReport(lapor);
	await pollOrLookUp(id);
	const move = async (name: string, note: string) => {
		await moveThere(name, note);
		await pollOrLookUp(id);
	};
	for (const [name, note] of moves) await move(name, note);
	return { id, move };
}

describe('unknown status names', () => {
	it('are listed once, whatever their case and spaces, with reports, age and an example without personal data', async () => {
		await reportAt(['Menunggu  Verifikasi Instansi', '']);
		const { id } = await reportAt(['menunggu verifikasi instansi', 'Hubungi 0812-9876-5432 atau ani@contoh.id.']);
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation).toMatchObject({
			state: 'sent',
			laporStatus: 'Belum Terverifikasi',
			task: 'status_unmapped'
		});
		expect(await countNamesToMap()).toBe(1);
		expect(await namesToMap()).toMatchObject([
			{ reports: 2, example: 'Hubungi [nomor telepon] atau [e-mail].', since: expect.any(Date) as Date }
		]);
		await expect(statusNamesForAdmin(office.actor)).rejects.toThrow(NotAllowed);
		await expect(mapStatusName(office.actor, 'Menunggu Verifikasi Instansi', 'finished')).rejects.toThrow(NotAllowed);
		expect(await mapStatusName(admin, 'Menunggu Verifikasi Instansi', 'unverified')).toBe(2);
		expect(await statusNamesForAdmin(admin)).toMatchObject({
			waiting: [],
			mapped: [{ name: 'menunggu verifikasi instansi', meaning: 'unverified', by: expect.any(String) as string }]
		});
		const { escalation, types } = await forwardNow(id);
		expect(escalation).toMatchObject({ laporStatus: 'menunggu verifikasi instansi', task: null, state: 'sent' });
		expect(types.at(-1)).toBe('escalation_status');
	});

	it('do not replace a newer status when they are mapped', async () => {
		const { id } = await reportAt(['Menunggu Pleno', ''], ['Dalam Proses', '']);
		await mapStatusName(admin, 'Menunggu Pleno', 'unverified');
		expect((await forwardNow(id)).escalation.laporStatus).toBe('Dalam Proses');
	});

	it('are not applied if LAPOR went back to the status before, unless they came once more', async () => {
		const { id, move } = await reportAt(['Dalam Proses', ''], ['Menunggu Pleno', ''], ['Dalam Proses', '']);
		const present = async () => (await forwardNow(id)).escalation;
		expect(await present()).toMatchObject({ laporStatus: 'Dalam Proses', task: null });
		expect(await countNamesToMap()).toBe(1);
		await mapStatusName(admin, 'Menunggu Pleno', 'finished');
		expect(await present()).toMatchObject({ laporStatus: 'Dalam Proses', state: 'sent' });
		for (const name of ['Menunggu Rapat', 'Dalam Proses', 'Menunggu Rapat']) await move(name, '');
		expect((await present()).task).toBe('status_unmapped');
		await mapStatusName(admin, 'Menunggu Rapat', 'postponed');
		expect(await present()).toMatchObject({ laporStatus: 'Menunggu Rapat', task: 'postponed' });
	});

	it('are a task again if they come back after another status', async () => {
		const { id } = await sentReport(lapor);
		const poll = async (status_name: string) => {
			const body = JSON.stringify({ results: { data: { status_name } } });
			await lapor.faults([{ kind: 'answer', body, match: { endpoint: 'detail' } }]);
			await pollOrLookUp(id);
			return (await forwardNow(id)).escalation;
		};
		for (const name of ['Terverifikasi', 'Menunggu Sidang', 'Dalam Proses']) await poll(name);
		expect(await poll('Menunggu Sidang')).toMatchObject({ laporStatus: 'Dalam Proses', task: 'status_unmapped' });
		await mapStatusName(admin, 'Menunggu Sidang', 'postponed');
		expect((await forwardNow(id)).escalation).toMatchObject({ laporStatus: 'Menunggu Sidang', task: 'postponed' });
	});

	it("can be mapped only to existing meanings, and built-in names can't be mapped", async () => {
		await expect(mapStatusName(admin, 'Menunggu Pleno', 'somehow')).rejects.toThrow(Invalid);
		await expect(mapStatusName(admin, 'Menunggu Pleno', '')).rejects.toThrow(Invalid);
		await expect(mapStatusName(admin, ' SELESAI ', 'refused')).rejects.toThrow(Invalid);
		await expect(mapStatusName(admin, ' ', 'refused')).rejects.toThrow(Invalid);
		expect((await statusNamesForAdmin(admin)).mapped).toEqual([]);
	});
});

describe('a changed meaning', () => {
	it('applies to later news, undoes nothing, and is logged with the meaning before', async () => {
		const { id, move } = await reportAt(['Ditelaah Pimpinan', 'Sedang ditelaah']);
		await mapStatusName(admin, 'Ditelaah Pimpinan', 'in_process');
		expect((await forwardNow(id)).escalation.state).toBe('sent');
		await mapStatusName(admin, 'Ditelaah Pimpinan', 'in_process');
		expect(await mapStatusName(admin, 'Ditelaah Pimpinan', 'archived')).toBe(0);
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', task: null });
		const log = await db()
			.select()
			.from(auditEntries)
			.where(eq(auditEntries.subject, 'Ditelaah Pimpinan'))
			.orderBy(auditEntries.id);
		expect(log).toMatchObject([
			{ action: 'lapor.status_mapped', before: null, after: { meaning: 'in_process' } },
			{ action: 'lapor.status_mapped', before: { meaning: 'in_process' }, after: { meaning: 'archived' } }
		]);
		await db()
			.update(escalations)
			.set({ laporNewsAt: sql`lapor_news_at - interval '1 minute'` })
			.where(eq(escalations.id, id));
		await move('Dalam Proses', 'Kembali diproses');
		await move('Ditelaah Pimpinan', 'Ditelaah lagi');
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'closed', task: 'archived' });
	});
});
