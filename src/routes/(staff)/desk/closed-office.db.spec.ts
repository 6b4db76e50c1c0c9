import { expect, test } from 'vitest';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { load as loadInbox } from './+page.server.ts';
import { load as loadForm } from './new/+page.server.ts';

useFreshDatabase();

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
		const event = {
			url: new URL('http://127.0.0.1/desk'),
			locals: { actor, lang: 'id' },
			cookies: { get: () => undefined }
		};
		for (const load of [loadInbox, loadForm] as unknown as ((event: unknown) => Promise<unknown>)[]) {
			expect(await load(event)).toMatchObject({ closed });
		}
	}
);
