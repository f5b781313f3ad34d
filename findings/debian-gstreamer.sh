# Source this: Debian 13's GStreamer (1.26.2) with its base and good plugins, unpacked below $work/root by plain apt and dpkg-deb. Nothing is
# installed, and no maintainer script runs. Then `gst_launch` runs gst-launch-1.0 of that root.
# Where the machine's own apt sources name no Debian mirror: DEBIAN_MIRROR=address (it ends in /debian).
: "${work:?a temporary folder}"
triplet=$(uname -m)-linux-gnu

# Further packages are its arguments.
unpack_gstreamer() {
	local mirror=${DEBIAN_MIRROR:-} dir
	[ -n "$mirror" ] || mirror=$(find /etc/apt -name '*.list' -o -name '*.sources' | sort | xargs sed 's/#.*//' | tr -s '[:space:]' '\n' |
		awk 'sub("/+$", "") + 1 && /^https?:.*\/debian$/ && !n++')
	[ -n "$mirror" ] || { echo "no Debian mirror in the apt sources; set DEBIAN_MIRROR" && exit 2; }
	mkdir -p "$work/apt/lists/partial" "$work/debs/partial" "$work/root/usr"
	: >"$work/apt/status"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/apt/sources.list"
	cat >"$work/apt/apt.conf" <<-CONF
		Dir::State "$work/apt";
		Dir::State::status "$work/apt/status";
		Dir::State::lists "$work/apt/lists";
		Dir::Cache "$work/apt";
		Dir::Cache::archives "$work/debs";
		Dir::Etc::SourceList "$work/apt/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		APT::Sandbox::User "";
		APT::Install-Recommends "false";
		APT::Default-Release "";
		Acquire::Languages "none";
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Pre-Install-Pkgs;
		#clear DPkg::Post-Invoke;
	CONF
	apt-get -qq -c "$work/apt/apt.conf" update
	apt-get -qq -y -c "$work/apt/apt.conf" --download-only install libc6 gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good "$@" >/dev/null
	for dir in bin sbin lib lib64; do
		mkdir -p "$work/root/usr/$dir"
		ln -s "usr/$dir" "$work/root/$dir"
	done
	for deb in "$work"/debs/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/root" --no-same-owner --keep-directory-symlink --exclude=./usr/share/{doc,man,locale}
	done
	rm -rf "$work/debs" "$work/root/usr/lib/$triplet"/gstreamer-1.0/libgstpulseaudio.so
	gst_launch --version | head -n 2 | tail -n 1
}

# In one process, and with the root's own loader: the machine's C library may be older.
gst_launch() {
	local lib=$work/root/usr/lib/$triplet
	GST_PLUGIN_SYSTEM_PATH=$lib/gstreamer-1.0 GST_REGISTRY=$work/registry.bin GST_REGISTRY_FORK=no \
		"$(echo "$work"/root/usr/lib*/ld-linux-*.so.?)" --library-path "$lib:$lib/blas:$lib/lapack:$lib/pulseaudio" \
		"$work/root/usr/bin/gst-launch-1.0" "$@"
}
