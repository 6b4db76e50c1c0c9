import { isActionFailure, isRedirect, type RequestEvent } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeUnit, makeUser } from '#lib/dev/testing/factories.ts';
import { later } from '#lib/dev/testing/outcomes.ts';
import { openSession, sessionActor } from '#lib/server/people/sign-in/session.ts';
import { formAction } from './staff-page.ts';

useFreshDatabase();

const PASSWORD = 'kopi susu tanpa gula';

test('an action that needs the password asks for it after 15 minutes, keeps what was typed and then goes on', async () => {
	const unit = await makeUnit();
	const { id, actor } = await makeUser([[unit.id, 'admin']], PASSWORD);
	const { sessionId } = await openSession(id);
	const done: unknown[] = [];
	const action = formAction(
		async (_actor, { data }) => {
			await Promise.resolve(done.push(data.reason));
			return '/done';
		},
		{ confirm: true, lists: ['roles'] }
	);
	const send = async (fields: Record<string, string>) => {
		const request = new Request('http://localhost/', { method: 'POST', body: new URLSearchParams(fields) });
		const session = (await sessionActor(sessionId))?.session;
		const url = new URL(request.url);
		return action({ request, url, locals: { actor, session, lang: 'id' } } as unknown as RequestEvent).catch(
			(cause: unknown) => (isRedirect(cause) ? cause.location : cause)
		);
	};
	const typed = { reason: 'Alasan yang panjang', roles: 'handler' };
	expect(await send(typed)).toBe('/done');

	await later(0.3, async () => {
		const asked = await send(typed);
		expect(isActionFailure(asked) && asked.data).toEqual({
			issues: [],
			typed: { reason: 'Alasan yang panjang', roles: ['handler'] },
			confirm: { hasCode: false }
		});
		const refused = await send({ ...typed, password: 'kopi susu dengan gula' });
		expect(isActionFailure(refused) && refused.data).toMatchObject({
			issues: [{ path: 'password', code: 'password_wrong' }],
			typed: { reason: 'Alasan yang panjang' }
		});
		expect(JSON.stringify(refused)).not.toContain('dengan gula');
		expect(done).toHaveLength(1);
		expect(await send({ ...typed, password: PASSWORD })).toBe('/done');
		expect(await send(typed)).toBe('/done');
		expect(done).toHaveLength(3);
	});
});
