import { expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { forwardedCase, HOUR, inMs, makeOffice, photo, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';
import { deliver } from '../delivery/deliver.ts';
import { filesOf } from './files.ts';

const lapor = useLapor();

it('sends the report without photos that still have no id after the configured waits', async () => {
	const files = [await photo('a.jpg'), await photo('b.jpg')];
	const { escalation } = await forwardedCase(await makeOffice(), {}, {}, { files });
	await lapor.faults([{ kind: 'answer', body: '{"success":true,"results":{}}', match: { endpoint: 'upload' } }]);
	const states = [];
	for (let tries = 0; tries < 5; tries++) {
		await inMs(tries * 2 * HOUR, () => deliver(escalation.id));
		states.push((await forwardNow(escalation.id)).escalation.state);
	}
	expect(states).toEqual(['waiting', 'waiting', 'waiting', 'waiting', 'sent']);
	expect((await filesOf(db(), escalation.id)).map(({ leftOut }) => leftOut)).toEqual(['unreadable', 'unreadable']);
	expect((await lapor.reports(escalation.reference))[0]?.payload.attachments).toBe(false);
});
