/* Signs a file with the key of a mail address: sign ADDRESS FILE writes the signature to stdout.
 * cc sign.c $(pkg-config --cflags --libs libsceau libcrypto) -o sign */
#include <openssl/evp.h>
#include <sceau.h>
#include <stdio.h>
#include <string.h>

static int tell(const sceau_progress* progress, void* context)
{
    (void)context;
    fprintf(stderr, "%s\n", sceau_progress_state(progress));
    return 0; /* anything else gives up */
}

int main(int argc, char** argv)
{
    static unsigned char file[1 << 20];
    unsigned char digest[EVP_MAX_MD_SIZE], *signature = NULL;
    unsigned digest_size = 0;
    size_t size = 0;
    FILE* in = argc == 3 ? fopen(argv[2], "rb") : NULL;
    if (in == NULL)
        return 64;
    size = fread(file, 1, sizeof file, in);
    fclose(in);

    sceau_agent* agent = sceau_open(NULL);
    sceau_listing* listing = NULL;
    int code = sceau_list_keys(agent, argv[1], &listing);
    const sceau_key* key = code == SCEAU_OK ? sceau_key_at(listing, 0) : NULL;
    const char* scheme = key != NULL ? sceau_key_scheme(key, 0) : NULL;
    if (code == SCEAU_OK && scheme == NULL)
        code = SCEAU_KEY_NOT_FOUND;
    if (code == SCEAU_OK) { /* a scheme's name ends with its hash: rsa_pkcs1_sha256 */
        EVP_Digest(file, size, digest, &digest_size, EVP_get_digestbyname(strrchr(scheme, '_') + 1), NULL);
        code = sceau_sign(agent, sceau_key_id(key), scheme, digest, digest_size, tell, NULL, &signature, &size);
    }
    if (code == SCEAU_OK)
        fwrite(signature, 1, size, stdout);
    else
        fprintf(stderr, "%s (%s)\n", sceau_text(code), sceau_detail(agent));
    sceau_free(signature);
    sceau_listing_free(listing);
    sceau_close(agent);
    return code;
}
