import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/approve.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { inboundCounts, listInbound } from './list.ts';
import { receiveInbound } from './receive.ts';
import { enterAnswer, inboundReport } from './view.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { placed, said, TEXT } from '#lib/dev/testing/inbound.ts';
import { forwardedCase, makeOffice } from '#lib/dev/testing/lapor.ts';
import { lastEntry, on, story } from '#lib/dev/testing/office.ts';

useFreshDatabase();
beforeEach(() => overrideEnv({ LAPOR_MODE: 'manual' }));

describe('the answer of a case that came from LAPOR', () => {
	async function answered(office: Awaited<ReturnType<typeof makeOffice>>, reference: string) {
		const second = await makeActor([[office.unit.id, 'supervisor']]);
		await verifyCase(office.actor, reference, await on(reference, { category: 'time', class: 'plain' }));
		await assignCase(office.actor, reference, await on(reference, { assignee: office.actor.accountId }));
		await answerCase(office.actor, reference, await on(reference, { body: 'Loket sudah kami tambah satu.' }));
		await decideDraft(second, reference, await on(reference, { decision: 'approve' }));
	}

	it('is owed to LAPOR once published, until a person says it was written there', async () => {
		const office = await makeOffice();
		const { id, reference } = placed(await receiveInbound(office.actor, said(office)));
		expect(await inboundCounts(office.actor)).toMatchObject({ all: 1, opened: 1, owed: 0 });
		await expect(enterAnswer(office.actor, id)).rejects.toBeInstanceOf(Conflict);
		await answered(office, reference);
		expect(await inboundCounts(office.actor)).toMatchObject({ owed: 1 });
		expect((await listInbound(office.actor, 'owed')).items).toMatchObject([{ id, owed: true }]);
		expect(await inboundReport(office.actor, id)).toMatchObject({
			owed: true,
			words: { text: 'Loket sudah kami tambah satu.' }
		});
		await enterAnswer(office.actor, id);
		await enterAnswer(office.actor, id);
		expect(await inboundReport(office.actor, id)).toMatchObject({ owed: false, answerEnteredBy: office.actor.name });
		expect((await story(reference)).filter((type) => type === 'escalation_answer_entered')).toHaveLength(1);
		expect(await lastEntry(reference, 'escalation_answer_entered')).toMatchObject({ public: false });
		expect((await listInbound(office.actor, 'owed')).items).toEqual([]);
	});

	it('is not owed by hand where a forward of ours carries the number: follow-ups say it', async () => {
		const office = await makeOffice();
		const { row, escalation } = await forwardedCase(office);
		await receiveInbound(office.actor, said(office, { content: `${TEXT} ${escalation.reference}` }));
		await db().update(cases).set({ status: 'answered', answeredAt: new Date() }).where(eq(cases.id, row.id));
		expect(await inboundCounts(office.actor)).toMatchObject({ attached: 1, owed: 0 });
	});

	it("is nobody else's to see or to tick", async () => {
		const office = await makeOffice();
		const { id } = placed(await receiveInbound(office.actor, said(office)));
		const stranger = (await makeOffice()).actor;
		await expect(inboundReport(stranger, id)).rejects.toBeInstanceOf(NotFound);
		await expect(enterAnswer(stranger, id)).rejects.toBeInstanceOf(NotFound);
		await expect(inboundReport(office.actor, 'bukan-id')).rejects.toBeInstanceOf(NotFound);
	});
});
