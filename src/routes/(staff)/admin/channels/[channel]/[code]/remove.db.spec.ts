import { expect, test } from 'vitest';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { ago, now } from '#lib/server/clock.ts';
import { actions } from './+page.server.ts';

const office = useOffice();

test('a channel is removed only after the password was typed in the last 15 minutes', async () => {
	const actor = await makeActor([[office.unit.id, 'admin']]);
	const remove = async (confirmedAt: Date) => {
		const locals = { actor, lang: 'id', session: { id: 's', confirmedAt, hasCode: false, linked: false } };
		return actions.remove(requestTo('/', { fields: { id: crypto.randomUUID() }, locals }));
	};
	expect(await remove(ago(16 * 60_000))).toMatchObject({ status: 422, data: { confirm: { hasCode: false } } });
	await expect(remove(now())).rejects.toMatchObject({ status: 404 });
});
