import { expect, it } from 'vitest';
import { overrideEnv } from '#lib/server/env.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { forwardedCase, forwardNow, makeOffice, useLapor } from '#lib/dev/testing/lapor.ts';
import { resolveEscalation } from '../decisions.ts';
import { followCaseEvents, sourceOfEntry } from './followups.ts';

useLapor();

it('sends no follow-up to LAPOR if a case counts as answered because a person entered the number of its transfer', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const office = await makeOffice();
	const { escalation } = await forwardedCase(office, { purpose: 'transfer', institution: '200102' });
	const found = { outcome: 'found', lapor_id: '1916477', reason: 'Sudah diisikan' };
	await resolveEscalation(office.actor, escalation.id, found);
	const { entries } = await forwardNow(escalation.id);
	const answered = entries.filter(({ type }) => type === 'answered');
	expect(answered).toMatchObject([{ actorKind: 'staff', data: { transferred_to: '200102' } }]);
	expect(answered.map(sourceOfEntry)).toEqual([undefined]);
	await followCaseEvents(entries);
	expect(await followupsOf(escalation.id)).toEqual([]);
});
