CREATE TABLE "presences" (
	"case_id" bigint NOT NULL,
	"account_id" uuid NOT NULL,
	"tab" uuid NOT NULL,
	"until" timestamp with time zone NOT NULL,
	CONSTRAINT "presences_case_id_account_id_tab_pk" PRIMARY KEY("case_id","account_id","tab")
);
--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "presences_until" ON "presences" USING btree ("until");
--> statement-breakpoint
-- Whoever has a desk open is asked anew who they are when a session ends, or a role, a person or the tree of offices
-- changes, whichever way that came about. Told is the account, by the column that names it; '*' means everybody.
CREATE FUNCTION tell_access() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	was text;
	becomes text;
BEGIN
	IF TG_ARGV[0] = '*' THEN
		PERFORM pg_notify('spatula_access', '*');
		RETURN NULL;
	END IF;
	IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD) ->> TG_ARGV[0]; END IF;
	IF TG_OP <> 'DELETE' THEN becomes := to_jsonb(NEW) ->> TG_ARGV[0]; END IF;
	IF was IS NOT NULL THEN PERFORM pg_notify('spatula_access', was); END IF;
	IF becomes IS NOT NULL AND becomes IS DISTINCT FROM was THEN PERFORM pg_notify('spatula_access', becomes); END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER sessions_tell_access AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION tell_access('user_id');
--> statement-breakpoint
CREATE TRIGGER roles_tell_access AFTER INSERT OR UPDATE OR DELETE ON roles FOR EACH ROW EXECUTE FUNCTION tell_access('account_id');
--> statement-breakpoint
CREATE TRIGGER accounts_tell_access AFTER UPDATE OF active ON accounts FOR EACH ROW EXECUTE FUNCTION tell_access('id');
--> statement-breakpoint
CREATE TRIGGER officers_tell_access AFTER INSERT OR UPDATE OF account_id OR DELETE ON officers FOR EACH ROW EXECUTE FUNCTION tell_access('account_id');
--> statement-breakpoint
CREATE TRIGGER units_tell_access AFTER INSERT OR UPDATE OF path ON units FOR EACH STATEMENT EXECUTE FUNCTION tell_access('*');
