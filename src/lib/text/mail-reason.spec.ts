import { expect, it } from 'vitest';
import { mailReason } from './mail-reason.ts';

it.each([
	['connect ECONNREFUSED 127.0.0.1:25', 'unreachable'],
	['getaddrinfo ENOTFOUND mail.contoh.invalid', 'unreachable'],
	['Greeting never received: timeout', 'slow'],
	['450 4.2.0 Greylisted, come back later', 'later'],
	['535 5.7.8 Authentication credentials invalid', 'sign_in'],
	['550 5.1.1 <***>: Recipient address rejected', 'address'],
	['550 5.1.1 User unknown; the sender should check the address', 'address'],
	['550 5.4.1 Recipient address rejected: Access denied', 'address'],
	['550 Mailbox unavailable', 'address'],
	['552 5.2.2 Mailbox full', 'full'],
	['550 5.7.1 Relay access denied', 'policy'],
	['550 5.1.8 Domain not found', 'policy'],
	['550 Sender verify failed', 'policy'],
	['550 5.1.0 <***>: Sender address rejected', 'policy'],
	['Connection closed unexpectedly', 'cut'],
	['worker_died', 'died'],
	['500 what?', 'other']
])('%s: %s', (message, reason) => {
	expect(mailReason(message)).toBe(reason);
});
