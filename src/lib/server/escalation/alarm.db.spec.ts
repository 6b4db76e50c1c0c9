import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { forwardingAlarm } from './alarm.ts';
import { haltConnection } from './connection/connection.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeOfficer } from '#lib/dev/testing/factories.ts';
import { forwardedCase, makeOffice, useLapor } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
useLapor();

it('counts what waits for a person, of the cases that person may see', async () => {
	const office = await makeOffice();
	const officer = await makeOfficer(office.unit.id);
	const named = await makeActor([[office.unit.id, 'handler']], officer.id);
	const stranger = await makeActor([[(await makeOffice()).unit.id, 'handler']]);
	const states = ['unknown', 'rejected', 'stuck', 'waiting', 'sent', 'sent'] as const;
	const made = [];
	for (const state of states) {
		const { escalation } = await forwardedCase(office);
		await db().update(escalations).set({ state }).where(eq(escalations.id, escalation.id));
		made.push(escalation);
	}
	const [unknown, , , , , withTask] = made;
	await db()
		.update(escalations)
		.set({ task: 'postponed' })
		.where(eq(escalations.id, withTask?.id ?? ''));
	await db()
		.insert(caseOfficers)
		.values({ caseId: unknown?.caseId ?? 0, officerId: officer.id, source: 'staff', state: 'named' });
	expect(await forwardingAlarm(office.actor)).toEqual({ halted: null, todo: 4 });
	expect(await forwardingAlarm(named)).toEqual({ halted: null, todo: 3 });
	expect(await forwardingAlarm(stranger)).toEqual({ halted: null, todo: 0 });
});

it('says since when the connection is halted, to everybody at the desk', async () => {
	await haltConnection({ code: 'unauthorised' });
	const { actor } = await makeOffice();
	expect((await forwardingAlarm(actor)).halted).toMatchObject({ at: expect.any(Date), zone: 'Asia/Makassar' });
});
