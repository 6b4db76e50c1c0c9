import { expect, test } from 'vitest';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { load as loadInbox } from './+page.server.ts';
import { load as loadForm } from './new/+page.server.ts';

test.each([
	['new', true],
	['closed', true],
	['trial', false],
	['open', false]
] as const)(
	'the inbox and the form say in advance that an office in the state %s takes no reports: %s',
	async (state, closed) => {
		const unit = await makeUnit({ state });
		const actor = await makeActor([[unit.id, 'handler']]);
		const event = requestTo('/desk', { actor });
		for (const load of [loadInbox, loadForm]) expect(await load(event)).toMatchObject({ closed });
	}
);
