/* libsceau: signatures by keys on smartcards and USB tokens, made through the Sceau agent. For authors of mail
 * programs.
 *
 * A program sends a digest, the agent tells the person which program asks and takes the PIN in a dialog of its own, and
 * the program gets the signature. docs/client-guide.md explains how to use the library; docs/samples/sign.c is a
 * complete program.
 *
 * The ABI is stable: names may be added, under a later symbol version, but none changes or disappears within
 * libsceau.so.0. All text is UTF-8 and ends with a NUL. What a function returns stays valid as long as the object that
 * it was read from. */
#ifndef SCEAU_H
#define SCEAU_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NOLINTBEGIN(readability-identifier-naming): the names of C. */
#define SCEAU_API __attribute__((visibility("default")))

/* --- what went wrong --- */

/* What functions return; docs/protocol.md says what to do after each. Codes may be added: treat unknown ones as
 * SCEAU_INTERNAL. */
enum {
    SCEAU_OK = 0,
    SCEAU_KEY_NOT_FOUND = 1,     /* no token seen so far has this key */
    SCEAU_TOKEN_ABSENT = 2,      /* its token is not plugged in, even after a wait */
    SCEAU_PIN_INCORRECT = 3,     /* the person gave up after a wrong PIN */
    SCEAU_PIN_LOCKED = 4,        /* the token accepts no more PINs */
    SCEAU_PIN_FINAL_TRY = 5,     /* one try is left, and the person did not confirm that it be used */
    SCEAU_CANCELLED = 6,         /* the person said no, or the program gave up */
    SCEAU_TIMED_OUT = 7,         /* nobody answered in time, or nothing has changed */
    SCEAU_NOT_PERMITTED = 8,     /* refused by policy */
    SCEAU_EVIDENCE_MISMATCH = 9, /* what was shown is not what is signed */
    SCEAU_UNSUPPORTED = 10,      /* this key or this agent cannot do this */
    SCEAU_BUSY = 11,             /* too many requests at once: try again later */
    SCEAU_TOKEN_FAILED = 12,     /* the token or its module failed */
    SCEAU_JOURNAL_FAILED = 13,   /* the request could not be recorded; nothing was released */
    SCEAU_INTERNAL = 14,         /* a fault in the agent or in this library */
    SCEAU_UNREACHABLE = 15,      /* no agent answers */
    SCEAU_BAD_ARGUMENT = 16,     /* an impossible key, scheme or digest, or NULL */
    SCEAU_NO_MEMORY = 17,
    SCEAU_PIN_TO_BE_CHANGED = 18 /* the PIN must first be changed, or set for the first time */
};

/* Returns one sentence for the person, in French if the locale (LC_ALL, LC_MESSAGES, LANG) is French, otherwise in
 * English. */
SCEAU_API const char* sceau_text(int code);

/* --- the agent --- */

/* Only one thread at a time may use it, except for sceau_cancel(). */
typedef struct sceau_agent sceau_agent;

/* The agent at this socket. NULL means $SCEAU_SOCKET, else $XDG_RUNTIME_DIR/sceau/agent, else the one in /run/user.
 * Each call connects by itself, so a missing agent shows only then. Returns NULL if there is no memory. */
SCEAU_API sceau_agent* sceau_open(const char* socket);
SCEAU_API void sceau_close(sceau_agent* agent);

/* Returns details of the last error in English, for a log or the curious; never a PIN. Valid until the next call. */
SCEAU_API const char* sceau_detail(const sceau_agent* agent);
/* Returns the tries left after SCEAU_PIN_INCORRECT, or -1 if the token does not say. */
SCEAU_API int sceau_tries_left(const sceau_agent* agent);

/* May be called from any thread or a signal handler. The call that waits now, or else the next one, returns
 * SCEAU_CANCELLED at once. */
SCEAU_API void sceau_cancel(sceau_agent* agent);

/* --- tokens and keys --- */

typedef struct sceau_listing sceau_listing; /* tokens, keys, or both */
typedef struct sceau_token sceau_token;
typedef struct sceau_key sceau_key;

/* Lists the tokens that are plugged in now. */
SCEAU_API int sceau_list_tokens(sceau_agent* agent, sceau_listing** listing);
/* Lists their keys; with `address`, only those whose certificate has that mail address. */
SCEAU_API int sceau_list_keys(sceau_agent* agent, const char* address, sceau_listing** listing);
SCEAU_API void sceau_listing_free(sceau_listing* listing);

/* An index counts from 0. Past the last item the result is NULL. This also holds below. */
SCEAU_API const sceau_token* sceau_token_at(const sceau_listing* listing, size_t index);
SCEAU_API const sceau_key* sceau_key_at(const sceau_listing* listing, size_t index);

/* Only label, serial, manufacturer and model together distinguish tokens. */
SCEAU_API const char* sceau_token_label(const sceau_token* token);
SCEAU_API const char* sceau_token_serial(const sceau_token* token);
SCEAU_API const char* sceau_token_manufacturer(const sceau_token* token);
SCEAU_API const char* sceau_token_model(const sceau_token* token);
SCEAU_API const char* sceau_token_reader(const sceau_token* token);

/* The key's name, 64 hex digits: the SHA-256 of its SubjectPublicKeyInfo. A new certificate does not change it. */
SCEAU_API const char* sceau_key_id(const sceau_key* key);
SCEAU_API const char* sceau_key_token_label(const sceau_key* key);
SCEAU_API const char* sceau_key_token_serial(const sceau_key* key);
SCEAU_API const char* sceau_key_subject(const sceau_key* key); /* RFC 4514 */
SCEAU_API const char* sceau_key_issuer(const sceau_key* key);
SCEAU_API const char* sceau_key_address(const sceau_key* key, size_t index);
SCEAU_API const char* sceau_key_not_before(const sceau_key* key); /* RFC 3339, UTC */
SCEAU_API const char* sceau_key_not_after(const sceau_key* key);
SCEAU_API const char* sceau_key_algorithm(const sceau_key* key); /* "rsa", "ec" */
SCEAU_API int sceau_key_bits(const sceau_key* key);
SCEAU_API int sceau_key_may_sign(const sceau_key* key);
SCEAU_API int sceau_key_may_decrypt(const sceau_key* key);
/* The schemes that sceau_sign() accepts for the key, the best for mail first: "rsa_pkcs1_sha256" and so on. */
SCEAU_API const char* sceau_key_scheme(const sceau_key* key, size_t index);
/* DER; size 0 if the key has no certificate. */
SCEAU_API const unsigned char* sceau_key_certificate(const sceau_key* key, size_t* size);
/* The issuers' certificates that the agent knows, in DER, the nearest first and without the self-signed root. They
 * belong in a signature together with the key's certificate (RFC 8550 section 2.3). */
SCEAU_API const unsigned char* sceau_key_chain(const sceau_key* key, size_t index, size_t* size);
/* The issuer (RFC 4514) whose unknown certificate keeps the chain from reaching a root; NULL if it reaches one. */
SCEAU_API const char* sceau_key_missing_issuer(const sceau_key* key);

/* --- signing --- */

typedef struct sceau_progress sceau_progress;

/* "waiting_for_token", "queued", "reader_in_use", "preview", "pin", "touch", "signing",
 * "decrypting"; more may be added. */
SCEAU_API const char* sceau_progress_state(const sceau_progress* progress);
SCEAU_API const char* sceau_progress_token_label(const sceau_progress* progress); /* or NULL */
SCEAU_API int sceau_progress_before(const sceau_progress* progress);     /* requests ahead of this one, or -1 */
SCEAU_API int sceau_progress_tries_left(const sceau_progress* progress); /* after a wrong PIN, or -1 */

/* Called in the thread of sceau_sign(), sceau_decrypt() or sceau_derive() while it waits. Returning anything but 0
 * gives up. */
typedef int sceau_on_progress(const sceau_progress* progress, void* context);

/* Has the digest signed and waits as long as the person takes. The scheme is one of the key's, and the digest is as
 * long as the scheme's hash. on_progress may be NULL. Free the signature with sceau_free(). It has the form that CMS
 * requires: as long as the modulus for RSA, the DER of r and s for ECDSA (RFC 3279 section 2.2.3). */
SCEAU_API int sceau_sign(sceau_agent* agent, const char* key_id, const char* scheme, const unsigned char* digest,
                         size_t digest_size, sceau_on_progress* on_progress, void* context, unsigned char** signature,
                         size_t* signature_size);
SCEAU_API void sceau_free(void* memory);

/* Like sceau_sign(), for a mail, and the better way: the agent checks what is signed and shows it to the person, whose
 * organisation may forbid everything else. The digest is that of `attributes`, the DER of the signed attributes (RFC
 * 5652 section 5.4): contentType id-data, messageDigest, signingTime (now) and signing-certificate-v2 with the key's
 * certificate. `content` is the signed MIME entity (RFC 8551 section 3.1), at most 256 MiB, whose digest is the
 * messageDigest; it has the mail's From, To, Cc, Subject and Date in its own header (RFC 9788). `bcc` lists the further
 * recipients, addresses in UTF-8, and ends with NULL; or it is NULL. SCEAU_EVIDENCE_MISMATCH means that something of
 * this does not fit; sceau_detail() says what. Nobody has been asked then. */
SCEAU_API int sceau_sign_mail(sceau_agent* agent, const char* key_id, const char* scheme, const unsigned char* digest,
                              size_t digest_size, const unsigned char* attributes, size_t attributes_size,
                              const unsigned char* content, size_t content_size, const char* const* bcc,
                              sceau_on_progress* on_progress, void* context, unsigned char** signature,
                              size_t* signature_size);

/* --- decryption --- */

/* Both functions wait as long as the person takes. For a minute, the same request with the same sceau_agent is answered
 * without asking again, because a program may open a message in several steps. Free the results with sceau_free(). */

/* RSA. The scheme is "rsa_pkcs1", "rsa_oaep_sha1", "rsa_oaep_sha256", "rsa_oaep_sha384" or "rsa_oaep_sha512", the
 * ciphertext as long as the modulus. With "rsa_pkcs1", wrong padding yields a made-up plaintext, so that nobody learns
 * of it. Only the use of a content-encryption key shows whether it is right. */
SCEAU_API int sceau_decrypt(sceau_agent* agent, const char* key_id, const char* scheme, const unsigned char* ciphertext,
                            size_t ciphertext_size, sceau_on_progress* on_progress, void* context,
                            unsigned char** plaintext, size_t* plaintext_size);

/* ECDH. The secret is the x of the shared point (SEC 1 section 3.3.1), before any key derivation function. The public
 * key is an uncompressed point on the key's curve (section 2.3.3). */
SCEAU_API int sceau_derive(sceau_agent* agent, const char* key_id, const unsigned char* public_key,
                           size_t public_key_size, sceau_on_progress* on_progress, void* context,
                           unsigned char** secret, size_t* secret_size);

/* --- watching --- */

typedef struct sceau_watch sceau_watch;

/* Watches all tokens and keys: reports them at once and after each change. A watch continues when the agent restarts.
 * Returns NULL if there is no memory. */
SCEAU_API sceau_watch* sceau_watch_open(const char* socket);
SCEAU_API void sceau_watch_close(sceau_watch* watch);

/* Waits for a change for at most `milliseconds`, or forever if that is -1. Returns SCEAU_OK with a listing of tokens
 * and keys, SCEAU_TIMED_OUT if nothing changed, or SCEAU_UNREACHABLE without an agent: then there are no tokens, and
 * the program should call again later. */
SCEAU_API int sceau_watch_next(sceau_watch* watch, int milliseconds, sceau_listing** listing);

/* Returns a descriptor for an event loop, readable when sceau_watch_next(watch, 0, …) has something to report, or -1
 * while there is no agent. Get it again after each call of that function. */
SCEAU_API int sceau_watch_fd(const sceau_watch* watch);

/* NOLINTEND(readability-identifier-naming) */

#ifdef __cplusplus
}
#endif

#endif
