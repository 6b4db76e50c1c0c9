import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { Invalid } from '#lib/server/errors.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An account by username or id. @throws Invalid on the field `account` */
export async function accountNamed(name: string): Promise<{ id: string; username: string }> {
	const [account] = await db()
		.select({ id: accounts.id, username: accounts.username })
		.from(accounts)
		.where(UUID.test(name) ? eq(accounts.id, name) : eq(accounts.username, name.toLowerCase()));
	if (!account) throw new Invalid([{ path: 'account', code: 'account_unknown' }]);
	return account;
}
