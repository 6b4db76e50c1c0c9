import { expect, test } from 'vitest';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { forwardedCase, forwardNow, HOUR, inMs, makeOffice, MINUTE, useLapor } from '#lib/dev/testing/lapor.ts';
import { askAsReporter } from '#lib/dev/testing/reporters.ts';
import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { sweepEscalations } from '#lib/server/escalation/delivery/sweep.ts';
import { decideRequest, liftRestriction } from './decide.ts';

const lapor = useLapor();

test('a forward whose restriction is lifted after a day is sent, and was not stuck before that', async () => {
	const office = await makeOffice();
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const { row, escalation } = await forwardedCase(office);
	const { id } = await askAsReporter(row.reference, { kind: 'restriction' });
	await decideRequest(admin, id, { decision: 'grant', version: 1 });
	await inMs(25 * HOUR, async () => {
		await liftRestriction(admin, id, { reason: 'Pelapor meminta pembatasan diakhiri.' });
		await sweepEscalations();
	});
	await lapor.faults([{ kind: '429', match: { endpoint: 'create' }, count: 1 }]);
	await inMs(25 * HOUR, () => deliver(escalation.id));
	expect(await forwardNow(escalation.id)).toMatchObject({ escalation: { state: 'waiting', failures: 1 } });
	await inMs(25 * HOUR + 5 * MINUTE, () => deliver(escalation.id));
	const { escalation: sent, types } = await forwardNow(escalation.id);
	expect(sent).toMatchObject({ state: 'sent', stuckAt: null });
	expect(types).not.toContain('escalation_stuck');
});
