import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { act, caseIn, makeOffice } from '#lib/dev/testing/office.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { scoreAnswer } from '#lib/server/cases/conversation/reporter-reply.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseList, caseTimeline, caseView } from './case-view.ts';
import { caseList as listSchema, caseResponse, timelineResponse } from './schemas.ts';
import { shaped } from './shape.ts';

test('the texts of a report are null while processing is restricted', async () => {
	const unit = await makeUnit();
	const actor = await makeActor([[unit.id, 'handler']]);
	const texts = {
		title: 'Antrean',
		body: 'Kejadiannya hari Selasa di loket dua.',
		requested_solution: 'Tambah kursi.'
	};
	const { reference } = await makeCase(unit, texts);
	await act(writeMessage, actor, reference, { body: 'Kami periksa.', public: true });
	for (const [processingRestrictedAt, shown, message] of [
		[null, texts, 'Kami periksa.'],
		[now(), { title: null, body: null, requested_solution: null }, null]
	] as const) {
		await db().update(cases).set({ processingRestrictedAt }).where(eq(cases.reference, reference));
		expect(shaped(caseResponse, await caseView(actor, reference))).toMatchObject({ reference, ...shown });
		const { title } = shown;
		expect(shaped(listSchema, await caseList(actor, {}, undefined))).toMatchObject({ items: [{ reference, title }] });
		const items = await caseTimeline(actor, reference);
		const entries = shaped(timelineResponse, { items, next_cursor: null });
		expect(entries).toMatchObject({ items: [{ type: 'opened' }, { data: { body: message } }] });
	}
});

test('the reporter’s words about a low score are null while processing is restricted', async () => {
	const office = await makeOffice();
	const { id, reference } = await caseIn(office, 'answered');
	const comment = 'Loket masih ditutup setiap hari Selasa.';
	await scoreAnswer(id, { score: 2, comment });
	const timeline = async () => JSON.stringify(await caseTimeline(office.handler, reference));
	expect(await timeline()).toContain(`"comment":"${comment}"`);
	await db().update(cases).set({ processingRestrictedAt: now() }).where(eq(cases.id, id));
	expect(await timeline()).not.toContain(comment);
	expect(await timeline()).toContain('"comment":null');
});
