import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { sentReport, useLapor } from '#lib/dev/testing/lapor.ts';
import { lockEscalation } from '../rows.ts';
import { applyNews } from './apply-status.ts';

const lapor = useLapor();

it('stores thousands of items of one poll', async () => {
	const { id } = await sentReport(lapor);
	const log = { kind: 'log', at: undefined, content: 'Catatan', author: undefined, statusName: undefined } as const;
	const rest = { keepsStatus: false, bySystem: false, remoteId: undefined, attachments: [], raw: {} };
	const items = Array.from({ length: 6000 }, (_, n) => ({ ...log, ...rest, key: `l:${n}` }));
	await transaction(async (tx) => {
		await applyNews(tx, await lockEscalation(tx, id), { items, status: undefined }, new Date());
	});
	expect(await db().$count(escalationUpdates, eq(escalationUpdates.escalationId, id))).toBe(6000);
});
