import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { laporStatusNames } from '#lib/server/db/schema/lapor.ts';
import { Invalid, NotAllowed } from '#lib/server/errors.ts';
import { deliver } from '../delivery/deliver.ts';
import { receive } from './receive.ts';
import { mapStatusName } from './status-names.ts';
import { countNamesToMap, namesToMap, statusNamesForAdmin } from './status-queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { forwardedCase, makeOffice, standing, useLapor } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
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

/** A report at LAPOR that somebody there moves and the office hears of. */
async function reportAt(...moves: [name: string, note: string][]) {
	const { escalation } = await forwardedCase(office);
	await deliver(escalation.id);
	await receive(escalation.id);
	const move = async (status_name: string, note: string) => {
		const { laporId } = (await standing(escalation.id)).escalation;
		await lapor.post(`/_reports/${laporId}/status`, { status_name, note });
		await receive(escalation.id);
	};
	for (const [name, note] of moves) await move(name, note);
	return { id: escalation.id, move };
}

describe('names that nobody knows', () => {
	it('wait once however they are written, with how many reports, since when, and an example without numbers', async () => {
		await reportAt(['Menunggu  Verifikasi Instansi', '']);
		const { id } = await reportAt(['menunggu verifikasi instansi', 'Hubungi 0812-9876-5432 atau ani@contoh.id.']);
		expect(await countNamesToMap()).toBe(1);
		expect(await namesToMap()).toMatchObject([
			{ reports: 2, example: 'Hubungi [nomor telepon] atau [e-mail].', since: expect.any(Date) as Date }
		]);
		await expect(statusNamesForAdmin(office.actor)).rejects.toThrow(NotAllowed);
		expect(await mapStatusName(admin, 'Menunggu Verifikasi Instansi', 'unverified')).toBe(2);
		expect(await statusNamesForAdmin(admin)).toMatchObject({
			waiting: [],
			mapped: [{ name: 'menunggu verifikasi instansi', meaning: 'unverified', by: expect.any(String) as string }]
		});
		const { escalation, types } = await standing(id);
		expect(escalation).toMatchObject({ laporStatus: 'menunggu verifikasi instansi', task: null, state: 'sent' });
		expect(types.at(-1)).toBe('escalation_status');
	});

	it('get one of the meanings there are, and names known from the start keep theirs', async () => {
		await expect(mapStatusName(admin, 'Menunggu Pleno', 'somehow')).rejects.toThrow(Invalid);
		await expect(mapStatusName(admin, 'Menunggu Pleno', '')).rejects.toThrow(Invalid);
		await expect(mapStatusName(admin, ' SELESAI ', 'refused')).rejects.toThrow(Invalid);
		await expect(mapStatusName(admin, ' ', 'refused')).rejects.toThrow(Invalid);
		expect((await statusNamesForAdmin(admin)).mapped).toEqual([]);
	});
});

describe('a correction', () => {
	it('counts for news from then on, undoes nothing, and stands in the log with what was before', async () => {
		const { id, move } = await reportAt(['Ditelaah Pimpinan', 'Sedang ditelaah']);
		await mapStatusName(admin, 'Ditelaah Pimpinan', 'in_process');
		expect((await standing(id)).escalation.state).toBe('sent');
		await mapStatusName(admin, 'Ditelaah Pimpinan', 'in_process');
		expect(await mapStatusName(admin, 'Ditelaah Pimpinan', 'archived')).toBe(0);
		expect((await standing(id)).escalation).toMatchObject({ state: 'sent', task: null });
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
		expect((await standing(id)).escalation).toMatchObject({ state: 'closed', task: 'archived' });
	});
});
