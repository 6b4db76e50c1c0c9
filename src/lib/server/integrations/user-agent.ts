/** Some firewalls refuse calls without this header. */
export const USER_AGENT = 'SPATULA';
