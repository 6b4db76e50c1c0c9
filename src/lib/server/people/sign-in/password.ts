import { hash, verify } from '@node-rs/argon2';
import { invalid } from '#lib/server/errors.ts';
import { limitConcurrency } from '#lib/server/limit-concurrency.ts';

const PASSWORD_MIN = 10;
const PASSWORD_MAX = 200;

/** Passwords that are long enough but guessed first. Compared in lower case without spaces and punctuation. */
const OBVIOUS = new Set([
	...['1234567890', '0123456789', '0987654321', '12345678910', '123456789012', 'qwertyuiop', '1q2w3e4r5t'],
	...['password12', 'password123', 'password1234', 'passwordku', 'katasandi1', 'katasandi123', 'indonesia1'],
	...['indonesia45', 'indonesia123', 'admin12345'],
	...['administrator', 'rahasia123', 'bismillah1', 'bismillah123', 'merdeka1945', 'sayangkamu', 'spatula123']
]);

const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Whether the text consists of words in the names of the offices, and digits. */
function isOfficeName(plain: string, officeNames: readonly string[]): boolean {
	const words = officeNames.flatMap((name) => name.split(' ').map(bare)).filter((word) => word !== '');
	const longestFirst = words.toSorted((a, b) => b.length - a.length);
	return /[a-z]/.test(plain) && /^[ \d]*$/.test(longestFirst.reduce((rest, word) => rest.replaceAll(word, ' '), plain));
}

/**
 * Refuses weak passwords: shorter than 10 or longer than 200 characters, the username, fewer than three different
 * characters, an obvious password, or only words in the names of the offices.
 * @throws Invalid
 */
export function checkPassword(password: string, username: string, officeNames: readonly string[] = []): void {
	const path = 'password';
	const length = [...password].length;
	if (length < PASSWORD_MIN) throw invalid(path, 'admin_password_short', { min: PASSWORD_MIN });
	if (length > PASSWORD_MAX) throw invalid(path, 'admin_password_long', { max: PASSWORD_MAX });
	const plain = bare(password);
	const repeated = new Set(password).size < 3;
	if (repeated || plain === bare(username) || OBVIOUS.has(plain) || isOfficeName(plain, officeNames))
		throw invalid(path, 'admin_password_obvious');
}

/** Threads must remain for checks of passwords and files. */
const oneAtATime = limitConcurrency(1);

/**
 * Hashes with argon2id and the package's defaults (19 MiB, two passes, as recommended by OWASP), as text for a column.
 */
export const hashPassword = (password: string): Promise<string> => oneAtATime(() => hash(password));

let placeholderHash: Promise<string> | undefined;

/**
 * Whether the password matches the stored hash. Without a hash (unknown account or no password set) a placeholder hash
 * is checked. So the response takes as long and does not reveal which accounts exist.
 */
export async function passwordMatches(stored: string | null | undefined, password: string): Promise<boolean> {
	placeholderHash ??= hash('a password that belongs to nobody');
	const matches = await verify(stored ?? (await placeholderHash), password.slice(0, PASSWORD_MAX * 4));
	return stored ? matches : false;
}
