import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { db } from '#lib/server/db/index.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { deliver } from '../delivery/deliver.ts';
import { receive } from './receive.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { forwardedCase, makeOffice, standing, useLapor } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
const lapor = useLapor();

describe("an institution's answer at LAPOR", () => {
	it('leaves no draft of ours behind for a second person to sign', async () => {
		const office = await makeOffice();
		await makeActor([[office.unit.id, 'supervisor']]);
		const { row, escalation } = await forwardedCase(office);
		const { version } = (await standing(escalation.id)).row;
		await answerCase(office.actor, row.reference, { body: 'Kami sedang menulis jawaban.', version });
		const states = async () =>
			(await db().select().from(approvals).where(eq(approvals.caseId, row.id))).map(({ state }) => state);
		expect(await states()).toEqual(['pending']);
		await deliver(escalation.id);
		const { laporId } = (await standing(escalation.id)).escalation;
		await lapor.post(`/_reports/${laporId}/followups`, { content: 'Loket sudah ditambah.', status_new: 'Selesai' });
		await receive(escalation.id);
		expect((await standing(escalation.id)).row.status).toBe('answered');
		expect(await states()).toEqual(['withdrawn']);
	});
});
