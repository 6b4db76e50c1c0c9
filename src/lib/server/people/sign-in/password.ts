import { hash, verify } from '@node-rs/argon2';
import { Invalid } from '#lib/server/errors.ts';

const PASSWORD_MIN = 10;
const PASSWORD_MAX = 200;

/** Long enough to pass the length rule, and yet what a guesser tries first. Compared without case, spaces and marks. */
const OBVIOUS = new Set([
	...['1234567890', '0123456789', '0987654321', '12345678910', '123456789012', 'qwertyuiop', '1q2w3e4r5t'],
	...['password12', 'password123', 'password1234', 'passwordku', 'katasandi1', 'katasandi123', 'indonesia1'],
	...['indonesia45', 'indonesia123', 'sulawesibarat', 'mamuju7604', 'bpsmamuju7604', 'admin12345'],
	...['administrator', 'rahasia123', 'bismillah1', 'bismillah123', 'merdeka1945', 'sayangkamu', 'spatula123']
]);

const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/**
 * Refuses what is no password for a place with complaints in it: shorter than 10 or longer than 200 characters, the username,
 * one character repeated, or one that everybody tries.
 * @param path the form field the answer belongs to
 * @throws Invalid
 */
export function checkPassword(password: string, username: string, path = 'password'): void {
	const length = [...password].length;
	if (length < PASSWORD_MIN) throw new Invalid([{ path, code: 'admin_password_short', params: { min: PASSWORD_MIN } }]);
	if (length > PASSWORD_MAX) throw new Invalid([{ path, code: 'admin_password_long', params: { max: PASSWORD_MAX } }]);
	const plain = bare(password);
	const repeated = new Set(password).size < 3;
	if (repeated || plain === bare(username) || OBVIOUS.has(plain))
		throw new Invalid([{ path, code: 'admin_password_obvious' }]);
}

/** Argon2id with the package's defaults (19 MiB, two passes: OWASP's first choice), as text for a column. */
export function hashPassword(password: string): Promise<string> {
	const hashed = hashing.then(() => hash(password));
	hashing = hashed.catch(() => undefined);
	return hashed;
}

/** One at a time: many new passwords at once must not take the threads that checks of passwords and files need. */
let hashing: Promise<unknown> = Promise.resolve();

let nobody: Promise<string> | undefined;

/**
 * Whether the password fits the stored hash. With no hash (no such account, or none set yet) one of nobody's is
 * checked, so that the answer takes as long and tells no stranger which accounts exist.
 */
export async function passwordFits(stored: string | null | undefined, password: string): Promise<boolean> {
	nobody ??= hash('a password that belongs to nobody');
	const fits = await verify(stored ?? (await nobody), password.slice(0, PASSWORD_MAX * 4));
	return stored ? fits : false;
}
