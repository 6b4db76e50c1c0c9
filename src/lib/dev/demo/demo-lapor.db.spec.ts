import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { forwardedCase, makeOffice, sentReport, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';
import { env } from '#lib/server/env.ts';
import { leaveSandboxReports } from './demo-lapor.ts';

const lapor = useLapor();

it('reports that the sandbox has are neither polled nor looked up at another LAPOR', async () => {
	const { id } = await sentReport(lapor);
	const { escalation: unsent } = await forwardedCase(await makeOffice());
	const reports = await lapor.reports((await forwardNow(id)).escalation.reference);
	await writeFile(join(env().DATA_DIR, 'lapor-sandbox.json'), JSON.stringify({ reports }));
	await leaveSandboxReports();
	expect((await forwardNow(id)).escalation).toMatchObject({ mode: 'manual', state: 'sent', nextPollAt: null });
	expect((await forwardNow(unsent.id)).escalation).toMatchObject({ mode: 'api', state: 'waiting' });
});
