import java.util.*;
public class Main { public static void main(String[] a) { List<byte[]> l = new ArrayList<>(); while (true) try { l.add(new byte[1 << 20]); } catch (OutOfMemoryError e) { l.add(new byte[10]); } } }
