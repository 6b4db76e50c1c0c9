import { randomBytes } from 'node:crypto';
import type { Sql } from 'postgres';
import { sha256Hex } from '#lib/server/keys.ts';
import { SESSION_COOKIE } from '#lib/server/people/sign-in/session.ts';

/** Somebody at a desk, signed in: the cookie that their browser sends. */
export interface Handler {
	cookie: string;
}

const DAY_MS = 86_400_000;

/** Handlers of an office with a session each. By rows: fifty sign-ins would measure the hashing of passwords. */
export async function makeHandlers(sql: Sql, unit: string, count: number): Promise<Handler[]> {
	const [office] = await sql`select id from units where code = ${unit}`;
	if (!office) throw new Error(`no office ${unit}`);
	const made: Handler[] = [];
	for (let n = 1; n <= count; n++) {
		const [account] = await sql`insert into accounts (username, name)
			values (${`pengelola-${n}`}, ${`Pengelola Contoh ${n}`}) returning id`;
		const id = String(account?.id);
		await sql`insert into roles (account_id, unit_id, role) values (${id}, ${office.id as string}, 'handler')`;
		const session = randomBytes(25).toString('hex');
		await sql`insert into sessions (id, user_id, expires_at)
			values (${sha256Hex(session)}, ${id}, ${new Date(Date.now() + DAY_MS)})`;
		made.push({ cookie: `${SESSION_COOKIE}=${session}` });
	}
	return made;
}
